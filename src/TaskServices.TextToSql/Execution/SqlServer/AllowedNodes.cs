using System.Collections.Frozen;
using System.Globalization;
using Microsoft.SqlServer.TransactSql.ScriptDom;
using TaskServices.TextToSql.Execution.Servers;
using TaskServices.TextToSql.Guard;
using TaskServices.TextToSql.Sql;

namespace TaskServices.TextToSql.Execution.SqlServer;

/// <summary>Allow-list of the nodes of one SELECT: every node's type has to be on it, and some have conditions of their own.</summary>
internal sealed class AllowedNodes(SelectStatement statement) : TSqlFragmentVisitor
{
    private static readonly FrozenSet<Type> Types = FrozenSet.ToFrozenSet(
    [
        typeof(SelectStatement), typeof(WithCtesAndXmlNamespaces), typeof(CommonTableExpression),
        typeof(QuerySpecification), typeof(QueryParenthesisExpression), typeof(BinaryQueryExpression), typeof(TopRowFilter), typeof(OffsetClause),
        typeof(SelectScalarExpression), typeof(IdentifierOrValueExpression), typeof(FromClause), typeof(WhereClause), typeof(HavingClause),
        typeof(GroupByClause), typeof(ExpressionGroupingSpecification), typeof(GroupingSetsGroupingSpecification), typeof(CompositeGroupingSpecification),
        typeof(GrandTotalGroupingSpecification), typeof(RollupGroupingSpecification), typeof(CubeGroupingSpecification),
        typeof(OrderByClause), typeof(ExpressionWithSortOrder),
        typeof(NamedTableReference), typeof(SchemaObjectName), typeof(QueryDerivedTable), typeof(InlineDerivedTable), typeof(RowValue), typeof(QualifiedJoin),
        typeof(UnqualifiedJoin), typeof(JoinParenthesisTableReference),
        typeof(Identifier), typeof(MultiPartIdentifier), typeof(ColumnReferenceExpression), typeof(VariableReference),
        typeof(IntegerLiteral), typeof(NumericLiteral), typeof(RealLiteral), typeof(StringLiteral), typeof(BinaryLiteral), typeof(NullLiteral), typeof(MaxLiteral),
        typeof(IdentifierLiteral),
        typeof(ParenthesisExpression), typeof(BinaryExpression), typeof(UnaryExpression), typeof(ScalarSubquery), typeof(SimpleCaseExpression),
        typeof(SearchedCaseExpression), typeof(SimpleWhenClause), typeof(SearchedWhenClause), typeof(CastCall), typeof(TryCastCall), typeof(ConvertCall),
        typeof(TryConvertCall), typeof(CoalesceExpression), typeof(NullIfExpression), typeof(IIfCall), typeof(LeftFunctionCall), typeof(RightFunctionCall),
        typeof(FunctionCall), typeof(ParameterlessCall), typeof(OverClause), typeof(WindowFrameClause), typeof(WindowDelimiter), typeof(WithinGroupClause),
        typeof(SqlDataTypeReference),
        typeof(BooleanBinaryExpression), typeof(BooleanComparisonExpression), typeof(BooleanIsNullExpression), typeof(BooleanNotExpression),
        typeof(BooleanParenthesisExpression), typeof(BooleanTernaryExpression), typeof(ExistsPredicate), typeof(InPredicate), typeof(LikePredicate),
        typeof(SubqueryComparisonPredicate), typeof(DistinctPredicate),
    ]);

    /// <summary>Views of the catalog that answer to a name without a schema.</summary>
    private static readonly FrozenSet<string> CatalogNames = FrozenSet.ToFrozenSet(
        [
            "sysaltfiles", "syscacheobjects", "syscharsets", "syscolumns", "syscomments", "sysconfigures", "sysconstraints", "syscurconfigs", "syscursorcolumns",
            "syscursorrefs", "syscursors", "syscursortables", "sysdatabases", "sysdepends", "sysdevices", "sysfilegroups", "sysfiles", "sysforeignkeys", "sysfulltextcatalogs",
            "sysindexes", "sysindexkeys", "syslanguages", "syslockinfo", "syslogins", "sysmembers", "sysmessages", "sysobjects", "sysoledbusers", "sysopentapes", "sysperfinfo",
            "syspermissions", "sysprocesses", "sysprotects", "sysreferences", "sysremotelogins", "sysservers", "systypes", "sysusers",
        ],
        StringComparer.OrdinalIgnoreCase);

    private readonly HashSet<string> _parameters = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Gets the names of the variables that were read, without their sign.</summary>
    public HashSet<string> Parameters => _parameters;

    /// <exception cref="TextToSqlException">Reason <c>QUERY_REFUSED</c>.</exception>
    public override void Visit(TSqlFragment fragment)
    {
        if (!Types.Contains(fragment.GetType()))
            throw StatementFence.Refused($"{fragment.GetType().Name}, which is not on the list");
        if (Objection(fragment) is { } objection)
            throw StatementFence.Refused(objection);
        if (fragment is VariableReference variable)
            _parameters.Add(variable.Name[1..]);
    }

    private string? Objection(TSqlFragment fragment) => fragment switch
    {
        SelectStatement select when select != statement || select.Into is not null || select.On is not null => "INTO",
        SelectStatement { OptimizerHints.Count: > 0 } or SelectStatement { ComputeClauses.Count: > 0 } => "a hint",
        WithCtesAndXmlNamespaces { ChangeTrackingContext: not null } => "a change tracking context",
        TopRowFilter { Percent: true } => "a TOP that is no number of rows",
        TopRowFilter { Expression: not (IntegerLiteral or NumericLiteral or VariableReference or ParenthesisExpression { Expression: IntegerLiteral or NumericLiteral or VariableReference }) } => "a computed TOP",
        QualifiedJoin { JoinHint: not JoinHint.None } => "a join hint",
        Identifier { QuoteType: QuoteType.DoubleQuote } => "a name in double quotes",
        SchemaObjectName name => Objection(name),
        MultiPartIdentifier { Count: > 3 } => "a name of more than three parts",
        ColumnReferenceExpression { ColumnType: not (ColumnType.Regular or ColumnType.Wildcard) } => "a pseudo-column",
        FunctionCall { CallTarget: not null } => "a function of a schema",
        FunctionCall call when call.FunctionName.QuoteType is not QuoteType.NotQuoted || !StatementFence.IsFunction(call.FunctionName.Value, SqlDialect.SqlServer) =>
            $"a function that is not allowed: {call.FunctionName.Value}",
        FunctionCall { FunctionName.Value: var name } repeat when name.Equals("REPLICATE", StringComparison.OrdinalIgnoreCase) && !IsShort(repeat) => "a text repeated more often than the guard lets through",
        ParameterlessCall { ParameterlessCallType: not ParameterlessCallType.CurrentTimestamp } => "a function that tells who is logged in",
        SqlDataTypeReference { SqlDataTypeOption: SqlDataTypeOption.Cursor or SqlDataTypeOption.Table or SqlDataTypeOption.None } => "a type that no value has",
        _ => null,
    };

    private static bool IsShort(FunctionCall repeat) =>
        repeat.Parameters is [_, IntegerLiteral count] && int.TryParse(count.Value, CultureInfo.InvariantCulture, out var times) && times <= QueryRules.MaxRepetitions;

    private static string? Objection(SchemaObjectName name)
    {
        var schema = name.SchemaIdentifier?.Value;
        var table = name.BaseIdentifier.Value;
        if (name.ServerIdentifier is not null || name.DatabaseIdentifier is not null)
            return "another database";
        if ("sys".Equals(schema, StringComparison.OrdinalIgnoreCase) || "information_schema".Equals(schema, StringComparison.OrdinalIgnoreCase) || CatalogNames.Contains(table))
            return "the catalog";
        return table.StartsWith('#') ? "a temporary table" : null;
    }
}
