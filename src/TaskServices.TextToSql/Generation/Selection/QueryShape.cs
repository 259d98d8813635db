using TaskServices.TextToSql.Sql.Ast;

namespace TaskServices.TextToSql.Generation.Selection;

/// <summary>What a query does, counted over all its parts: aggregates, clauses, tables, columns, literals.</summary>
internal sealed class QueryShape : SqlRewriter
{
    private readonly HashSet<string> _functions = new(StringComparer.OrdinalIgnoreCase);
    private int _depth;

    private QueryShape()
    {
    }

    public HashSet<string> Tables { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Gets the tables that stand in some FROM under their own name.</summary>
    public HashSet<string> PlainTables { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Gets the columns by table and name; without those of joins.</summary>
    public HashSet<(string Table, string Column)> Columns { get; } = [];

    /// <summary>Gets the texts that a column is compared with.</summary>
    public List<(ColumnReference? Column, string Text, bool IsPattern)> Texts { get; } = [];

    /// <summary>Gets the numbers, with the column that each is compared with, as <see cref="QuestionCues.Normalise"/> writes them.</summary>
    public List<(ColumnReference? Column, string Number)> Numbers { get; } = [];

    public int SubqueryCount { get; private set; }

    public int ItemCount { get; private set; }

    public bool RepeatsItem { get; private set; }

    public bool HasGroup { get; private set; }

    public bool HasHaving { get; private set; }

    public bool HasDistinct { get; private set; }

    public bool HasNegation { get; private set; }

    public bool HasOr { get; private set; }

    public bool HasGreater { get; private set; }

    public bool HasLess { get; private set; }

    public bool HasPattern { get; private set; }

    public bool HasStar { get; private set; }

    public bool HasOrder { get; private set; }

    public bool HasDescending { get; private set; }

    public bool HasAscending { get; private set; }

    public bool HasLimit { get; private set; }

    public bool HasSetOperation { get; private set; }

    public bool HasIntersect { get; private set; }

    public bool HasUnion { get; private set; }

    /// <summary>Gets whether a set operation stands over aggregates: two counts are no two sets.</summary>
    public bool HasAggregateInSet { get; private set; }

    /// <summary>Gets whether an IN compares a column with one of another name.</summary>
    public bool HasUnlikeIn { get; private set; }

    public bool Calls(string function) => _functions.Contains(function);

    public static QueryShape Of(Query query)
    {
        var shape = new QueryShape();
        shape.Rewrite(query);
        return shape;
    }

    public override Query Rewrite(Query query)
    {
        if (_depth > 0)
            SubqueryCount++;
        _depth++;
        HasOrder |= query.OrderBy.Count > 0;
        HasDescending |= query.OrderBy.Any(item => item.Descending);
        HasAscending |= query.OrderBy.Any(item => !item.Descending);
        HasLimit |= query.Limit is not null;
        var body = Rewrite(query.Body);
        foreach (var item in query.OrderBy)
            Rewrite(item);
        if (query.Limit is NumberLiteral { Text: not "1" } limit)
            Numbers.Add((null, QuestionCues.Normalise(limit.Text)));
        _depth--;
        return query with { Body = body };
    }

    public override QueryBody Rewrite(QueryBody body)
    {
        if (body is SetOperation operation)
        {
            HasSetOperation = true;
            HasIntersect |= operation.Operator is SetOperator.Intersect;
            HasUnion |= operation.Operator is SetOperator.Union;
            HasNegation |= operation.Operator is SetOperator.Except;
            HasAggregateInSet |= operation.Left is SelectBody { GroupBy.Count: 0, Items: [ExpressionItem { Expression: FunctionCall }] };
        }

        return base.Rewrite(body);
    }

    public override SelectBody Rewrite(SelectBody body)
    {
        if (_depth == 1 && ItemCount == 0)
            ItemCount = body.Items.Count;
        RepeatsItem |= body.Items.Distinct().Count() < body.Items.Count;
        HasDistinct |= body.Distinct;
        HasGroup |= body.GroupBy.Count > 0;
        HasHaving |= body.Having is not null;
        HasStar |= body.Items.Any(item => item is StarItem);
        return base.Rewrite(body);
    }

    public override TableSource Rewrite(TableSource source)
    {
        switch (source)
        {
            case TableReference table:
                Tables.Add(table.Name);
                if (table.Alias is null)
                    PlainTables.Add(table.Name);
                return source;
            case JoinedTable join:
                // Join columns are code's own, and say nothing about what was understood.
                Rewrite(join.Left);
                Rewrite(join.Right);
                return source;
            default:
                return base.Rewrite(source);
        }
    }

    public override Expression Rewrite(Expression expression)
    {
        switch (expression)
        {
            case ColumnReference column:
                Columns.Add((column.Table ?? "", column.Name));
                break;
            case FunctionCall call:
                _functions.Add(call.Name);
                HasDistinct |= call.Distinct;
                break;
            case UnaryExpression { Operator: UnaryOperator.Not }:
                HasNegation = true;
                break;
            case IsNullExpression:
                HasNegation = true;
                break;
            case BinaryExpression binary:
                Note(binary);
                break;
            case BetweenExpression between:
                HasGreater = HasLess = true;
                NoteLiteral(between.Operand, between.Low, false);
                NoteLiteral(between.Operand, between.High, false);
                break;
            case LikeExpression like:
                HasPattern = true;
                HasNegation |= like.Negated;
                NoteLiteral(like.Operand, like.Pattern, true);
                break;
            case InListExpression list:
                HasNegation |= list.Negated;
                HasOr |= list.Items.Count > 1;
                foreach (var item in list.Items)
                    NoteLiteral(list.Operand, item, false);
                break;
            case InQueryExpression inQuery:
                HasNegation |= inQuery.Negated;
                HasUnlikeIn |= inQuery.Operand is ColumnReference left
                    && inQuery.Query.Body is SelectBody { Items: [ExpressionItem { Expression: ColumnReference right }] }
                    && !left.Name.Equals(right.Name, StringComparison.OrdinalIgnoreCase);
                break;
        }

        return base.Rewrite(expression);
    }

    private void Note(BinaryExpression binary)
    {
        HasOr |= binary.Operator is BinaryOperator.Or;
        HasNegation |= binary.Operator is BinaryOperator.NotEqual;
        HasGreater |= binary.Operator is BinaryOperator.Greater or BinaryOperator.GreaterOrEqual;
        HasLess |= binary.Operator is BinaryOperator.Less or BinaryOperator.LessOrEqual;
        if (binary.Operator is not (BinaryOperator.And or BinaryOperator.Or))
        {
            NoteLiteral(binary.Left, binary.Right, false);
            NoteLiteral(binary.Right, binary.Left, false);
        }
    }

    private void NoteLiteral(Expression column, Expression literal, bool isPattern)
    {
        if (literal is StringLiteral text)
            Texts.Add((column as ColumnReference, text.Value, isPattern));
        else if (literal is NumberLiteral number)
            Numbers.Add((column as ColumnReference, QuestionCues.Normalise(number.Text)));
    }
}
