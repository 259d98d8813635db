using TaskServices.TextToSql.Sql.Ast;

namespace TaskServices.TextToSql.Linking;

/// <summary>Puts right what a query compares a column with, where the stored values leave no doubt.</summary>
/// <remarks>
/// Only texts that their column does not store, and only with an index that has every value. In this order: the column stores the text in
/// another case; exactly one column of the query's tables stores it, else exactly one of the whole schema; the column stores exactly one value that
/// differs by a letter or two, and no column stores the text. Each change is noted, and lowers the confidence.
/// </remarks>
internal sealed class LiteralRepair(ValueIndex values, IReadOnlySet<string> tables) : SqlRewriter
{
    private readonly List<string> _repairs = [];

    /// <summary>Gets what was changed, one line each.</summary>
    public IReadOnlyList<string> Repairs => _repairs;

    public override Expression Rewrite(Expression expression) => expression switch
    {
        BinaryExpression { Operator: BinaryOperator.Equal or BinaryOperator.NotEqual, Left: ColumnReference { Table: not null } column, Right: StringLiteral text } binary
            when Find(column, text) is { } found => binary with { Left = found.Column, Right = found.Text },
        InListExpression { Operand: ColumnReference { Table: not null } column } list when list.Items.All(item => item is StringLiteral) => list with
        {
            // Another column for one item would be another column for all.
            Items = List(list.Items, item => Find(column, (StringLiteral)item, mayMove: false)?.Text ?? item),
        },
        _ => base.Rewrite(expression),
    };

    private (ColumnReference Column, StringLiteral Text)? Find(ColumnReference column, StringLiteral text, bool mayMove = true)
    {
        if (!values.IsComplete || text.Value.Length == 0)
            return null;
        var stored = values.Find(text.Value);
        var own = stored.Where(value => Is(column, value)).ToList();
        if (own.Count > 0)
            return own.Exists(value => value.Text == text.Value) ? null : Note(column, text, column, own[0].Text);

        // What an alias or a derived table stores is not known here, and a column of numbers or dates has no texts in the index.
        if (!tables.Contains(column.Table!) || values.Saturates(text.Value) || char.IsAsciiDigit(text.Value[0]))
            return null;
        if (stored.Count > 0)
        {
            var candidates = stored.Where(value => tables.Contains(value.Table)).ToList();
            candidates = candidates.Count > 0 ? candidates : [.. stored];
            return mayMove && candidates.DistinctBy(value => (value.Table, value.Column)).Count() == 1
                ? Note(column, text, new ColumnReference(candidates[0].Column, candidates[0].Table) { Offset = column.Offset }, candidates[0].Text)
                : null;
        }

        return values.FindNear(text.Value).Where(value => Is(column, value)).ToList() is [var near] ? Note(column, text, column, near.Text) : null;
    }

    private (ColumnReference Column, StringLiteral Text) Note(ColumnReference from, StringLiteral before, ColumnReference to, string after)
    {
        _repairs.Add($"{from.Table}.{from.Name} stores no '{before.Value}'; read as {to.Table}.{to.Name} = '{after}'.");
        return (to, before with { Value = after });
    }

    private static bool Is(ColumnReference column, StoredValue value) =>
        value.Table.Equals(column.Table, StringComparison.OrdinalIgnoreCase) && value.Column.Equals(column.Name, StringComparison.OrdinalIgnoreCase);
}
