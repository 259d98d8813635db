using TaskServices.TextToSql.Sql.Ast;

namespace TaskServices.TextToSql.Sql.Binding;

/// <summary>Questions about what stands somewhere in a query.</summary>
internal static class Mentions
{
    /// <summary>Gets whether a table of that name stands anywhere in a body.</summary>
    public static bool Table(QueryBody body, string name) => Count(body, name) > 0;

    public static int Count(QueryBody body, string name)
    {
        var search = new TableSearch(name);
        search.Rewrite(body);
        return search.Found;
    }

    /// <summary>Gets the SELECTs that a body combines, from the left.</summary>
    public static IEnumerable<SelectBody> Selects(QueryBody body) => body switch
    {
        SelectBody select => [select],
        SetOperation operation => Selects(operation.Left).Concat(Selects(operation.Right)),
        NestedQuery nested => Selects(nested.Query.Body),
        _ => [],
    };

    private sealed class TableSearch(string name) : SqlRewriter
    {
        public int Found { get; private set; }

        public override TableSource Rewrite(TableSource source)
        {
            if (source is TableReference { Schema: null } table && table.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
                Found++;
            return base.Rewrite(source);
        }
    }
}
