using TaskServices.TextToSql.Sql.Ast;

namespace TaskServices.TextToSql.Compact;

/// <summary>A FROM as a list of sources, each after the first with how it is joined to those before it.</summary>
internal sealed class FlatFrom
{
    private readonly List<(JoinKind Kind, Expression? On)> _joins = [];

    public List<TableSource> Sources { get; } = [];

    /// <summary>Gets whether every join is inner or cross.</summary>
    public bool IsInner => _joins.All(join => join.Kind is JoinKind.Inner or JoinKind.Cross);

    public static FlatFrom Read(EquatableList<TableSource> from)
    {
        var flat = new FlatFrom();
        foreach (var source in from)
        {
            flat.Add(source, JoinKind.Cross, null);
        }

        return flat;
    }

    /// <summary>Takes the equalities of columns of two tables out of the join conditions, as pairs; what is left is returned beside them.</summary>
    public (List<string> Pairs, List<Expression> Others) SplitConditions(SqlRewriter rewriter)
    {
        var pairs = new List<string>();
        var rest = new List<Expression>();
        foreach (var condition in _joins.Select(join => join.On).OfType<Expression>().SelectMany(Conjuncts).Select(rewriter.Rewrite))
        {
            if (Pair(condition) is { } pair)
            {
                pairs.Add(pair);
            }
            else
            {
                rest.Add(condition);
            }
        }

        return (pairs, rest);
    }

    /// <summary>Takes the equalities of columns of two of the sources out of a WHERE: joins in the older spelling.</summary>
    public static (List<string> Pairs, Expression? Where) SplitWhere(Expression? where, IReadOnlyList<CompactSource> sources)
    {
        if (where is null || sources.Count < 2)
        {
            return ([], where);
        }

        var conjuncts = Conjuncts(where).ToList();
        var joins = conjuncts.Where(condition => Pair(condition) is not null).ToList();
        var rest = conjuncts.Except(joins, ReferenceEqualityComparer.Instance).Cast<Expression>().ToList();
        return (
            [.. joins.Select(condition => Pair(condition)!)],
            rest.Count == 0 ? null : rest.Aggregate((left, right) => new BinaryExpression(BinaryOperator.And, left, right)));
    }

    /// <summary>Writes the sources and joins anew with their written names.</summary>
    public TableSource Write(SqlRewriter rewriter, IReadOnlyList<CompactSource> sources)
    {
        TableSource WriteSource(int i) => Sources[i] switch
        {
            TableReference table => new TableReference(
                sources[i].Table!.Name, sources[i].WrittenName == sources[i].Table!.Name ? null : sources[i].WrittenName),
            DerivedTable derived => new DerivedTable(
                rewriter.Rewrite(derived.Query), sources[i].WrittenName.Length == 0 ? null : sources[i].WrittenName),
            var other => other,
        };

        var result = WriteSource(0);
        for (var i = 1; i < Sources.Count; i++)
        {
            var (kind, on) = _joins[i];
            result = new JoinedTable(kind is JoinKind.Cross ? JoinKind.Inner : kind, result, WriteSource(i), on is null ? new BooleanLiteral(true) : rewriter.Rewrite(on));
        }

        return result;
    }

    private void Add(TableSource source, JoinKind kind, Expression? on)
    {
        if (source is not JoinedTable join)
        {
            Sources.Add(source);
            _joins.Add((kind, on));
            return;
        }

        if (join.Natural || join.Using.Count > 0 || join.Right is JoinedTable || (Sources.Count > 0 && kind is not JoinKind.Cross))
        {
            throw new TextToSqlException("NOT_COMPACT", "Compact SQL has no NATURAL, USING or nested joins.");
        }

        Add(join.Left, kind, on);
        Add(join.Right, join.Kind, join.On);
    }

    private static IEnumerable<Expression> Conjuncts(Expression expression) =>
        expression is BinaryExpression { Operator: BinaryOperator.And } and
            ? Conjuncts(and.Left).Concat(Conjuncts(and.Right))
            : [expression];

    private static string? Pair(Expression condition) =>
        condition is BinaryExpression { Operator: BinaryOperator.Equal, Left: ColumnReference { Table: { } first } left, Right: ColumnReference { Table: { } second } right } &&
        !first.Equals(second, StringComparison.OrdinalIgnoreCase)
            ? JoinPairs.Pair(first, left.Name, second, right.Name)
            : null;
}
