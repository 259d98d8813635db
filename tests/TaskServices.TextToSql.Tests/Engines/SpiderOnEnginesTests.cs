using System.Data.Common;
using Microsoft.Data.Sqlite;
using TaskServices.Evals.Metrics;
using TaskServices.Testing;
using TaskServices.TextToSql.Schema;
using TaskServices.TextToSql.Sql;
using TaskServices.TextToSql.Sql.Parsing;
using TaskServices.TextToSql.Sql.Printing;
using TaskServices.TextToSql.Sql.Translation;
using TaskServices.TextToSql.Tests.Schema;
using TaskServices.TextToSql.Tests.Servers;
using TaskServices.TextToSql.Tests.Sql;

namespace TaskServices.TextToSql.Tests.Engines;

/// <summary>Spider's gold queries, written for other engines and executed there on the same rows, give SQLite's rows.</summary>
public class SpiderOnEnginesTests
{
    private static readonly string[] SampleDatabases = ["concert_singer", "pets_1", "car_1", "world_1", "dog_kennels", "tvshow"];

    [Theory]
    [InlineData(SqlDialect.DuckDb, 0.95)]
    [InlineData(SqlDialect.MySql, 0.95)]
    [InlineData(SqlDialect.Postgres, 0.90)]
    public void Translate_SampleOfSpiderDev_GivesTheSameRows(SqlDialect dialect, double share)
    {
        var databases = TestFiles.InRepository("evals", "datasets", "spider-dev", "databases");
        var queries = SpiderGoldTests.ReadQueries(TestFiles.InRepository("evals", "datasets", "spider-dev", "questions.jsonl"))
            .Where(query => SampleDatabases.Contains(query.Database)).Where((_, i) => i % 3 is 0);
        Compare(queries, database => Path.Combine(databases, database, database + ".sqlite"), dialect, share, null);
    }

    /// <remarks>Writes what differs to the file that the environment variable DIFFERENCES names.</remarks>
    [Theory(Explicit = true)]
    [InlineData(SqlDialect.DuckDb, 0.95)]
    [InlineData(SqlDialect.MySql, 0.95)]
    [InlineData(SqlDialect.Postgres, 0.90)]
    public void Translate_SpiderDev_GivesTheSameRows(SqlDialect dialect, double share)
    {
        var file = TestFiles.TryShared("data", "sql", "spider", "spider_dev.jsonl");
        Assert.SkipWhen(file is null, SpiderFiles.Absent);
        Compare(SpiderGoldTests.ReadQueries(file), SpiderFiles.TryDatabase, dialect, share, Environment.GetEnvironmentVariable("DIFFERENCES"));
    }

    [Fact]
    public void Translate_SpiderDevForSqlServer_IsTransactSql()
    {
        var databases = TestFiles.InRepository("evals", "datasets", "spider-dev", "databases");
        var schemas = new Dictionary<string, DatabaseSchema>();
        var wrong = new List<string>();
        foreach (var (id, database, sql) in SpiderGoldTests.ReadQueries(TestFiles.InRepository("evals", "datasets", "spider-dev", "questions.jsonl")))
        {
            if (!schemas.TryGetValue(database, out var schema))
                schemas[database] = schema = SqliteSchemaReader.Read(Path.Combine(databases, database, database + ".sqlite"));
            var text = SqlPrinter.Print(SqlTranslator.Translate(SqlParser.Parse(SqlText.Repair(sql), SqlDialect.Sqlite), schema, SqlDialect.SqlServer), SqlDialect.SqlServer);
            if (TransactSql.FindError(text) is { } error)
                wrong.Add($"{id}: {error} — {text}");
        }

        Assert.True(wrong.Count is 0, string.Join('\n', wrong));
    }

    private static void Compare(IEnumerable<(string Id, string Database, string Sql)> queries, Func<string, string?> find, SqlDialect dialect, double share, string? reportPath)
    {
        var different = new List<string>();
        var total = 0;
        foreach (var group in queries.GroupBy(query => query.Database))
        {
            var path = find(group.Key);
            Assert.SkipWhen(path is null, $"the database {group.Key} is absent");
            using var loaded = LoadedDatabase.TryLoad(path, dialect);
            Assert.SkipWhen(loaded is null, $"{dialect} is not installed");
            using var source = new SqliteConnection($"Data Source={path};Mode=ReadOnly;Pooling=False");
            source.Open();
            foreach (var (id, _, sql) in group)
            {
                total++;
                if (Difference(source, loaded, SqlText.Repair(sql)) is { } difference)
                    different.Add($"{dialect}\t{id}\t{group.Key}\t{difference}\t{sql.ReplaceLineEndings(" ")}");
            }
        }

        var equal = total - different.Count;
        if (reportPath is not null)
            File.AppendAllLines(reportPath, [$"# {dialect}: {equal} of {total}", .. different]);
        Assert.True(equal >= share * total, $"{equal} of {total}\n" + string.Join('\n', different));
    }

    private static string? Difference(SqliteConnection source, LoadedDatabase loaded, string sql)
    {
        var text = "";
        try
        {
            var read = SqlParser.Parse(sql, SqlDialect.Sqlite);
            var gold = Rows(source, SqlPrinter.Print(TaskServices.TextToSql.Sql.Binding.SqlBinder.Bind(read, loaded.Schema, SqlDialect.Sqlite).Query, SqlDialect.Sqlite));
            text = SqlPrinter.Print(SqlTranslator.Translate(read, loaded.Schema, loaded.Dialect), loaded.Dialect);
            return ExecutionAccuracy.AreEqual(gold, loaded.Execute(text), ExecutionAccuracy.OrderMatters(sql)) ? null : "other rows: " + text;
        }
        catch (Exception exception) when (exception is DbException or TextToSqlException)
        {
            return exception.Message.ReplaceLineEndings(" ") + ": " + text;
        }
    }

    private static List<object?[]> Rows(SqliteConnection source, string sql)
    {
        using var command = source.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var rows = new List<object?[]>();
        while (reader.Read())
            rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(i => LoadedDatabase.Cell(reader.GetValue(i)))]);
        return rows;
    }
}
