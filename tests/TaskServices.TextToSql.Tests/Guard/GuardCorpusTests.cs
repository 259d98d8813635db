using TaskServices.Testing;
using TaskServices.TextToSql.Guard;
using TaskServices.TextToSql.Schema;
using TaskServices.TextToSql.Sql;

namespace TaskServices.TextToSql.Tests.Guard;

public class GuardCorpusTests
{
    internal static readonly DatabaseSchema Shop = new("app",
    [
        Table("users", "id n,name t,email t,salary n,password_hash t,tenant_id n"),
        Table("orders", "id n,user_id n,total n,created_at t"),
        Table("secrets", "id n,value t"),
    ], [new("orders", ["user_id"], "users", ["id"])]);

    internal static readonly AccessGrant Grant = new(new Dictionary<string, IReadOnlyCollection<string>>
    {
        ["users"] = ["id", "name"],
        ["orders"] = ["id", "user_id", "total", "created_at"],
    });

    [Theory]
    [InlineData("attacks.tsv")]
    [InlineData("")]
    public void Check_EveryAttack_IsRefused(string file)
    {
        var rows = Rows(file, "attacks.tsv");
        var accepted = rows.Where(row => Verdict(row).Accepted).Select(row => $"{row.Dialect}\t{row.Sql}\t{Verdict(row).Sql}").ToList();
        Assert.True(accepted.Count is 0, string.Join('\n', accepted));
    }

    [Theory]
    [InlineData("benign.tsv")]
    [InlineData("")]
    public void Check_BenignStatements_RefusesAtMostThreePercent(string file)
    {
        var rows = Rows(file, "benign.tsv");
        var refused = rows.Where(row => !Verdict(row).Accepted).Select(row => $"{row.Dialect}\t{row.Sql}\t{Verdict(row).Message}").ToList();
        Assert.True(refused.Count <= rows.Count * 0.03, string.Join('\n', refused));
    }

    private static GuardVerdict Verdict((SqlDialect Dialect, string Sql) row) =>
        SqlGuard.Check(row.Sql, row.Dialect, Shop, Grant, GuardOptions.Default).Verdict;

    /// <summary>Reads the shared corpus, or this folder's own where no shared file is named.</summary>
    internal static List<(SqlDialect Dialect, string Sql)> Rows(string shared, string own)
    {
        var path = shared.Length > 0
            ? TestFiles.TryShared("data", "sql", "guard", shared)
            : TestFiles.InRepository("tests", "TaskServices.TextToSql.Tests", "Guard", own);
        Assert.SkipWhen(path is null, "The shared corpus is not here.");
        return ReadRows(path);
    }

    internal static List<(SqlDialect Dialect, string Sql)> ReadRows(string path)
    {
        var rows = new List<(SqlDialect, string)>();
        foreach (var line in File.ReadLines(path))
        {
            var parts = line.Split('\t');
            var sql = parts[1].Replace('␤', '\n');
            SqlDialect[] dialects = parts[0] switch
            {
                "any" => Enum.GetValues<SqlDialect>(),
                "sqlite" => [SqlDialect.Sqlite],
                "postgres" => [SqlDialect.Postgres],
                "mysql" => [SqlDialect.MySql],
                "sqlserver" => [SqlDialect.SqlServer],
                _ => [SqlDialect.DuckDb],
            };
            rows.AddRange(dialects.Select(dialect => (dialect, sql)));
        }

        return rows;
    }

    private static TableSchema Table(string name, string columns) => new(
        name,
        [.. columns.Split(',').Select(column => column.Split(' ')).Select(pair => new ColumnSchema(
            pair[0], pair[1] is "n" ? "INTEGER" : "TEXT", pair[1] is "n" ? ColumnType.Number : ColumnType.Text))],
        ["id"]);
}
