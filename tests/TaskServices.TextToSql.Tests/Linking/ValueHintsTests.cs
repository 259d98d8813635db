using CsCheck;
using TaskServices.Testing;
using TaskServices.TextToSql.Linking;
using TaskServices.TextToSql.Schema;
using TaskServices.TextToSql.Tests.Schema;

namespace TaskServices.TextToSql.Tests.Linking;

public sealed class ValueHintsTests
{
    [Fact]
    public void Find_QuestionsOfTheReferencePrompts_EqualsEveryPrompt()
    {
        var prompts = TestFiles.TryShared("fixtures", "text_to_sql", "prompts.jsonl");
        Assert.SkipWhen(prompts is null, SpiderFiles.Absent);

        var indexes = new Dictionary<string, ValueIndex>();
        foreach (var row in SpiderFiles.ReadLines(prompts))
        {
            var database = SpiderFiles.TryDatabase(row.GetProperty("db_id").GetString()!)!;
            if (!indexes.TryGetValue(database, out var index))
                indexes[database] = index = ValueIndex.Build(database, SqliteSchemaReader.Read(database), CancellationToken.None);

            Assert.True(index.IsComplete);
            Assert.Equal(
                row.GetProperty("hints").EnumerateArray().Select(hint => hint.GetString()),
                ValueHints.Find(row.GetProperty("question").GetString()!, index));
        }
    }

    [Theory]
    [InlineData("Who lives in new   york city?", "town.name = 'New York City'")]
    [InlineData("Anything in \"O'Neil\"", "town.name = 'O''Neil'")]
    [InlineData("Towns of the Acme Inc.", "town.owner = 'Acme Inc.'")]
    [InlineData("what is in york.", "town.name = 'York', town.owner = 'york'")]
    [InlineData("how many in the 12", "")]
    [InlineData("", "")]
    [InlineData("1977 in Zürich", "town.\"order\" = '1977', town.name = 'ZÜRICH'")]
    public void Find_WordsOfTheQuestion_MatchWholeStoredValues(string question, string hints)
    {
        using var files = new SqliteFiles("""
            CREATE TABLE town(name TEXT, owner TEXT, "order" TEXT);
            INSERT INTO town VALUES ('New York City', 'Acme Inc.', '12'), ('York', 'york', '1977'), ('O''Neil', 'the', NULL), ('ZÜRICH', 5, 6);
            """);

        Assert.Equal(hints, string.Join(", ", ValueHints.Find(question, Build(files))));
    }

    [Fact]
    public void Find_ManyMatches_GivesThreeColumnsAValueAndFiveHints()
    {
        using var files = new SqliteFiles("""
            CREATE TABLE t(a TEXT, b TEXT, c TEXT, d TEXT);
            INSERT INTO t VALUES ('x1', 'x1', 'x1', 'x1'), ('y1', 'y1', 'y1', 'y1'), ('z1', 'z1', 'z1', 'z1');
            """);

        Assert.Equal(
            ["t.a = 'x1'", "t.b = 'x1'", "t.c = 'x1'", "t.a = 'y1'", "t.b = 'y1'"], ValueHints.Find("x1 y1 z1", Build(files)));
    }

    [Fact]
    public void Find_AnyStoredValueAndQuestion_StaysOnOneLineWithBalancedQuotes()
    {
        Gen.Select(Gen.String[1, 12], Gen.String[0, 6]).Sample(
            (value, noise) =>
            {
                using var files = new SqliteFiles("CREATE TABLE t(a TEXT)");
                using (var connection = files.OpenForWriting())
                using (var command = connection.CreateCommand())
                {
                    command.CommandText = "INSERT INTO t VALUES ($value)";
                    command.Parameters.AddWithValue("$value", value);
                    command.ExecuteNonQuery();
                }

                foreach (var hint in ValueHints.Find(noise + " " + value + " " + noise, Build(files)))
                {
                    Assert.DoesNotContain(hint, c => char.IsControl(c) || c is '\u2028' or '\u2029');
                    Assert.Equal(0, hint.Count(c => c == '\'') % 2);
                    Assert.StartsWith("t.a = '", hint, StringComparison.Ordinal);
                }
            },
            iter: 60);
    }

    [Fact]
    public void Build_HostileAndOversizedValues_LeavesThemOut()
    {
        using var files = new SqliteFiles("""
            CREATE TABLE t(a TEXT);
            INSERT INTO t VALUES (CAST(x'61ff62' AS TEXT)), ('two' || char(10) || 'lines'), (printf('%.*c', 61, 'x')), ('kept');
            """);

        var index = Build(files);

        Assert.Equal(1, index.Count);
        Assert.Equal([new StoredValue("t", "a", "kept")], index.Find("KEPT"));
    }

    [Fact]
    public void Build_BoundsReached_SaysItIsIncomplete()
    {
        using var files = new SqliteFiles("CREATE TABLE t(a TEXT); INSERT INTO t VALUES ('one'), ('two'), ('three');");
        var schema = SqliteSchemaReader.Read(files.Database);

        var index = ValueIndex.Build(files.Database, schema, ValueIndexLimits.Default with { ValuesPerColumn = 2 }, CancellationToken.None);

        Assert.False(index.IsComplete);
        Assert.Equal(2, index.Count);
    }

    [Fact]
    public void Build_Cancelled_Throws()
    {
        using var files = new SqliteFiles(
            "CREATE TABLE t(a TEXT); INSERT INTO t WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 5000) SELECT 'v' || i FROM n;");
        var schema = SqliteSchemaReader.Read(files.Database);

        Assert.Throws<OperationCanceledException>(() => ValueIndex.Build(files.Database, schema, new CancellationToken(canceled: true)));
    }

    [Fact]
    public void IsStale_FileChanged_IsTrue()
    {
        using var files = new SqliteFiles("CREATE TABLE t(a TEXT); INSERT INTO t VALUES ('one');");
        var index = Build(files);
        Assert.False(index.IsStale());

        File.SetLastWriteTimeUtc(files.Database, DateTime.UtcNow.AddMinutes(1));

        Assert.True(index.IsStale());
    }

    private static ValueIndex Build(SqliteFiles files) =>
        ValueIndex.Build(files.Database, SqliteSchemaReader.Read(files.Database), CancellationToken.None);
}
