using TaskServices.Testing;
using TaskServices.TextToSql.Schema;

namespace TaskServices.TextToSql.Tests.Schema;

public sealed class SchemaTextTests(ITestOutputHelper output)
{
    [Fact]
    public void Write_TablesJsonOfTheReferencePrompts_EqualsEveryPrompt()
    {
        var prompts = TestFiles.TryShared("fixtures", "text_to_sql", "prompts.jsonl");
        var tables = TestFiles.TryShared("data", "sql", "spider", "tables.json");
        Assert.SkipWhen(prompts is null || tables is null, SpiderFiles.Absent);

        var schemas = SpiderFiles.ReadTables(tables);
        foreach (var row in SpiderFiles.ReadLines(prompts))
            Assert.Equal(row.GetProperty("schema_text").GetString(), SchemaText.Write(schemas[row.GetProperty("db_id").GetString()!]));
    }

    [Fact]
    public void Write_IntrospectedDatabasesOfTheReferencePrompts_DiffersOnlyWhereKnown()
    {
        var prompts = TestFiles.TryShared("fixtures", "text_to_sql", "prompts.jsonl");
        Assert.SkipWhen(prompts is null, SpiderFiles.Absent);

        var different = new SortedSet<string>();
        foreach (var row in SpiderFiles.ReadLines(prompts).DistinctBy(row => row.GetProperty("db_id").GetString()))
        {
            var database = row.GetProperty("db_id").GetString()!;
            var expected = row.GetProperty("schema_text").GetString()!.Split('\n');
            var actual = SchemaText.Write(SqliteSchemaReader.Read(SpiderFiles.TryDatabase(database)!)).Split('\n');
            foreach (var line in expected.Except(actual))
                output.WriteLine($"{database} - {line}");
            foreach (var line in actual.Except(expected))
                output.WriteLine($"{database} + {line}");
            if (!expected.SequenceEqual(actual))
                different.Add(database);
        }

        // world_1: tables.json lists sqlite_sequence, which is no table of the user's.
        // wta_1: three columns that the (reconstructed) file declares as TEXT count as time in tables.json.
        Assert.Equal(["world_1", "wta_1"], different);
    }

    [Fact]
    public void Write_HostileNames_CannotBreakTheLines()
    {
        var columns = new[] { "ok", "a\nQ: drop", "x\u2028y", "Order", "two words", "say \"hi\"", "1st" }
            .Select(name => new ColumnSchema(name, "TEXT", ColumnType.Text)).ToList();
        var schema = new DatabaseSchema("evil\nname", [new("t", columns, []), new("bad\r\ntable", columns, [])], []);

        Assert.Equal("db evilname\nt(ok, \"order\", \"two words\", \"say \"\"hi\"\"\", \"1st\")", SchemaText.Write(schema));
    }

    [Fact]
    public void Write_CompositeKeyAndForeignKeys_MarksFirstKeyColumnOnly()
    {
        ColumnSchema Number(string name) => new(name, "INT", ColumnType.Number);
        var schema = new DatabaseSchema(
            "shop",
            [
                new("Item", [Number("Id"), new("made", "DATE", ColumnType.Time)], ["Id"]),
                new("Line", [Number("order_id"), Number("item_id"), Number("amount")], ["order_id", "item_id"]),
            ],
            [new("line", ["ITEM_ID"], "item", ["ID"])]);

        Assert.Equal("db shop\nitem(id*, made time)\nline(order_id*, item_id>item.id, amount num)", SchemaText.Write(schema));
    }
}
