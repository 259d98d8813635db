using static TaskServices.Testing.Servers.TdsTypes;

namespace TaskServices.Testing.Servers;

/// <summary>A small shop as SQL Server would answer for it: catalog, values of text columns, and 2 for whatever counts.</summary>
internal static class TdsShop
{
    /// <summary>The same tables as a script.</summary>
    public const string Script = """
        CREATE TABLE customer(customer_id INT PRIMARY KEY, first_name NVARCHAR(40), country NVARCHAR(40));
        CREATE TABLE invoice(invoice_id INT PRIMARY KEY, customer_id INT REFERENCES customer(customer_id), total DECIMAL(10,2));
        """;

    private static readonly (string Table, string Column, string Type, int Key)[] Columns =
    [
        ("customer", "customer_id", "int", 1), ("customer", "first_name", "nvarchar", 0), ("customer", "country", "nvarchar", 0),
        ("invoice", "invoice_id", "int", 1), ("invoice", "customer_id", "int", 0), ("invoice", "total", "decimal", 0),
    ];

    public static TdsAnswer Answer(string sql)
    {
        if (Has("sys.foreign_keys"))
        {
            return TdsAnswer.Rows(
                [BigInt("Id"), Text("TableName"), Text("ColumnName"), Text("ReferencedTable"), Text("ReferencedColumn")],
                [[Value(1), Value("invoice"), Value("customer_id"), Value("customer"), Value("customer_id")]]);
        }

        if (Has("sys.columns"))
        {
            return TdsAnswer.Rows(
                [Text("TableName"), Text("Name"), Text("Type"), Text("Comment"), BigInt("KeyPosition")],
                Columns.Select(column => (byte[][])[Value(column.Table), Value(column.Column), Value(column.Type), NullText, Value(column.Key)]));
        }

        if (Has("sys.objects"))
            return TdsAnswer.Rows([Text("Name"), Text("Comment"), BigInt("RowEstimate")], [Value("customer"), NullText, Value(3)], [Value("invoice"), NullText, Value(3)]);
        if (Has("DISTINCT") && Has("country"))
            return TdsAnswer.Rows([Text("v")], [Value("Brazil")], [Value("Norway")]);
        if (Has("DISTINCT"))
            return TdsAnswer.Rows([Text("v")], [Value("Ana")], [Value("Bruno")], [Value("Carl")]);
        return Has("count(*)") ? TdsAnswer.Rows([BigInt("")], [[Value(2)]]) : TdsAnswer.Done;

        bool Has(string part) => sql.Contains(part, StringComparison.Ordinal);
    }
}
