using TaskServices.TextToSql.Schema;
using TaskServices.TextToSql.Sql;
using TaskServices.TextToSql.Sql.Explanation;
using TaskServices.TextToSql.Sql.Parsing;

namespace TaskServices.TextToSql.Tests.Sql;

public class SchemaDdlTests
{
    private static readonly DatabaseSchema Schema = SchemaDdl.Parse(
        """
        CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL, born DATE);
        CREATE TABLE orders (id INTEGER, user_id INTEGER REFERENCES users(id), total NUMERIC(10, 2), PRIMARY KEY (id));
        """,
        SqlDialect.Sqlite);

    [Fact]
    public void Parse_CreateTables_ReadsColumnsAndKeys()
    {
        Assert.Equal(["id"], Schema.FindTable("orders")!.PrimaryKey);
        Assert.Equal(ColumnType.Time, Schema.FindTable("users")!.FindColumn("born")!.Type);
        Assert.Equal("NUMERIC(10, 2)", Schema.FindTable("orders")!.FindColumn("total")!.DeclaredType);
        var key = Assert.Single(Schema.ForeignKeys);
        Assert.Equal(("orders", "users"), (key.Table, key.ReferencedTable));
    }

    [Fact]
    public void Parse_NoTable_Throws() =>
        Assert.Equal("SCHEMA_INVALID", Assert.Throws<TextToSqlException>(() => SchemaDdl.Parse("SELECT 1", SqlDialect.Sqlite)).Reason);

    [Fact]
    public void Explain_CountPerGroup_SaysSo() => Assert.Equal(
        "Counts the rows of users, where name is “Ann”, for each born, ordered by born, highest first, keeping only the first row.",
        SqlExplanation.Explain(SqlParser.Parse("SELECT count(*) FROM users WHERE name = 'Ann' GROUP BY born ORDER BY born DESC LIMIT 1", SqlDialect.Sqlite), Schema));
}
