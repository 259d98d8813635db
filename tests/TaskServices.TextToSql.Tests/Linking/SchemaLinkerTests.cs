using TaskServices.TextToSql.Linking;
using TaskServices.TextToSql.Schema;

namespace TaskServices.TextToSql.Tests.Linking;

public sealed class SchemaLinkerTests
{
    private static readonly ColumnSchema Id = new("id", "INTEGER", ColumnType.Number);

    [Fact]
    public void Prune_ThousandTables_KeepsTheNamedOnesAndWhatJoinsThem()
    {
        var pruned = Prune(Large(), "What is the average salary of the employees of each department?", 200);

        Assert.Contains("employee", Names(pruned));
        Assert.Contains("department", Names(pruned));
        Assert.Contains("works_in", Names(pruned));
        Assert.True(pruned.Tables.Count < 60);
        Assert.Contains(pruned.ForeignKeys, key => key is { Table: "works_in", ReferencedTable: "department" });
    }

    [Fact]
    public void Prune_ValueOfTheQuestion_BringsItsTable()
    {
        var match = new ValueMatch(0, 6, [new("thing_17", "label", "Zanzibar")]);
        var pruned = new SchemaLinker(Large()).Prune("Zanzibar?", [match], 60, CountTokens);
        Assert.Contains("thing_17", Names(pruned));
    }

    [Theory]
    [InlineData("How many persons enrolled?", "enrollment")]
    [InlineData("What surname is it?", "staff_lastname")]
    [InlineData("Who can try out?", "tryout")]
    public void Prune_OtherWordsForAName_AreFound(string question, string table)
    {
        var schema = Large();
        var pruned = Prune(schema with { Tables = [.. schema.Tables, Table("enrollment"), Table("staff_lastname", new ColumnSchema("last_name", "TEXT", ColumnType.Text)), Table("tryout")] }, question, 60);
        Assert.Contains(table, Names(pruned));
    }

    [Fact]
    public void Prune_WideTable_KeepsKeysAndNamedColumns()
    {
        var columns = Enumerable.Range(0, 300).Select(i => new ColumnSchema($"field_{i}", "TEXT", ColumnType.Text)).Append(new("turnover", "REAL", ColumnType.Number)).Append(Id);
        var schema = new DatabaseSchema("wide", [new("firm", [.. columns], ["id"])], []);

        var table = Assert.Single(Prune(schema, "total turnover of all firms", 10).Tables);

        Assert.InRange(table.Columns.Count, 2, 100);
        Assert.NotNull(table.FindColumn("turnover"));
        Assert.NotNull(table.FindColumn("id"));
    }

    [Fact]
    public void Prune_QuestionWithoutAnyKnownWord_KeepsSomething() => Assert.NotEmpty(Prune(Large(), "¿?", 50).Tables);

    private static DatabaseSchema Prune(DatabaseSchema schema, string question, int budget) => new SchemaLinker(schema).Prune(question, [], budget, CountTokens);

    private static IEnumerable<string> Names(DatabaseSchema schema) => schema.Tables.Select(table => table.Name);

    private static int CountTokens(TableSchema table) => 2 + table.Columns.Count;

    private static TableSchema Table(string name, params ColumnSchema[] columns) => new(name, [Id, .. columns], ["id"]);

    /// <summary>Tables of one subject among a thousand that have nothing to do with it.</summary>
    private static DatabaseSchema Large()
    {
        var others = Enumerable.Range(0, 1_000).Select(i => Table($"thing_{i}", new("label", "TEXT", ColumnType.Text), new ColumnSchema($"part_{i}", "TEXT", ColumnType.Text)));
        return new(
            "large",
            [
                .. others,
                Table("employee", new("name", "TEXT", ColumnType.Text), new ColumnSchema("salary", "REAL", ColumnType.Number)),
                Table("works_in", new("e", "INTEGER", ColumnType.Number), new ColumnSchema("d", "INTEGER", ColumnType.Number)),
                Table("department", new ColumnSchema("name", "TEXT", ColumnType.Text)),
            ],
            [new("works_in", ["e"], "employee", ["id"]), new("works_in", ["d"], "department", ["id"])]);
    }
}
