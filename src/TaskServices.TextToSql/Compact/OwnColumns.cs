using TaskServices.TextToSql.Sql.Ast;

namespace TaskServices.TextToSql.Compact;

/// <summary>Collects the columns and <c>table.*</c> of one SELECT in the order of its text, without those of its subqueries.</summary>
internal sealed class OwnColumns : SqlRewriter
{
    /// <summary>Gets the columns, by node: each occurrence counts.</summary>
    public List<ColumnReference> Columns { get; } = [];

    /// <summary>Gets the tables as written before a column or a star, by mention: each occurrence counts.</summary>
    public List<string> Tables { get; } = [];

    public static OwnColumns Of(SelectBody body, IEnumerable<OrderItem> orderBy)
    {
        var collector = new OwnColumns();
        collector.Rewrite(body);
        foreach (var item in orderBy)
            collector.Rewrite(item);
        return collector;
    }

    public override Query Rewrite(Query query) => query;

    public override SelectItem Rewrite(SelectItem item)
    {
        if (item is StarItem { Table: { } table })
            Tables.Add(table);
        return base.Rewrite(item);
    }

    public override Expression Rewrite(Expression expression)
    {
        if (expression is ColumnReference column)
        {
            Columns.Add(column);
            if (column.Table is not null)
                Tables.Add(column.Table);
        }

        return base.Rewrite(expression);
    }
}
