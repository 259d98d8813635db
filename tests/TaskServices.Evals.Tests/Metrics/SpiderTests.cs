using TaskServices.Evals.Datasets;
using TaskServices.Evals.Metrics.Spider;
using TaskServices.Evals.Runs;
using TaskServices.Testing;
using TaskServices.TextToSql.Schema;

namespace TaskServices.Evals.Tests.Metrics;

public sealed class SpiderTests
{
    private static readonly SpiderSchema Schema = new(new DatabaseSchema(
        "music",
        [
            Table("singer", "singer_id", "name", "age", "value_class"),
            Table("concert", "concert_id", "singer_id", "year"),
        ],
        [new ForeignKey("concert", ["singer_id"], "singer", ["singer_id"])]));

    [Theory]
    [InlineData("SELECT count(*) FROM singer", "easy")]
    [InlineData("SELECT name FROM singer WHERE age > 3", "easy")]
    [InlineData("SELECT name, age FROM singer WHERE age > 3", "medium")]
    [InlineData("SELECT T1.name FROM singer AS T1 JOIN concert AS T2 ON T1.singer_id = T2.singer_id WHERE T2.year = 2014", "medium")]
    [InlineData("SELECT name FROM singer WHERE age > (SELECT avg(age) FROM singer)", "hard")]
    [InlineData("SELECT name FROM singer EXCEPT SELECT name FROM singer WHERE age = 1", "hard")]
    [InlineData("SELECT name FROM singer WHERE age > 3 OR name LIKE '%a%'", "hard")] // where, or, like, two conditions
    [InlineData("SELECT T1.name FROM singer AS T1 JOIN concert AS T2 ON T1.singer_id = T2.singer_id GROUP BY T1.name ORDER BY count(*) DESC LIMIT 1", "extra")]
    [InlineData("SELECT count(*) FROM singer WHERE singer_id NOT IN (SELECT singer_id FROM concert)", "extra")] // NOT counts as a second aggregate
    public void Hardness_GoldQuery_IsSpiders(string sql, string expected) =>
        Assert.Equal(expected, SpiderHardness.Of(SpiderParser.Parse(sql, Schema)));

    [Theory]
    [InlineData("SELECT name FROM singer WHERE age > 3", "select NAME from singer where age > 99")] // literals are ignored
    [InlineData("SELECT DISTINCT name FROM singer", "SELECT name FROM singer")]
    [InlineData("SELECT name, age FROM singer", "SELECT age, name FROM singer")]
    [InlineData("SELECT name FROM singer WHERE age > 3 AND name = 'x'", "SELECT name FROM singer WHERE name = 'y' AND age > 4")]
    [InlineData("SELECT T1.name FROM singer AS T1 JOIN concert AS T2 ON T1.singer_id = T2.singer_id", "SELECT a.name FROM concert AS b JOIN singer AS a ON a.singer_id = b.singer_id")]
    [InlineData( // joined columns are one
        "SELECT T1.singer_id FROM singer AS T1 JOIN concert AS T2 ON T1.singer_id = T2.singer_id",
        "SELECT T2.singer_id FROM singer AS T1 JOIN concert AS T2 ON T1.singer_id = T2.singer_id")]
    [InlineData("SELECT name FROM singer LIMIT 1", "SELECT name FROM singer LIMIT 5")]
    [InlineData("SELECT name FROM singer WHERE age=3", "SELECT name FROM singer WHERE age = 3")]
    public void ExactMatch_SameComponents_IsMatch(string gold, string predicted) => Assert.True(IsMatch(gold, predicted));

    [Theory]
    [InlineData("SELECT name FROM singer", "SELECT age FROM singer")]
    [InlineData("SELECT name FROM singer WHERE age > 3", "SELECT name FROM singer WHERE age >= 3")]
    [InlineData("SELECT name FROM singer WHERE age > 3 AND age < 9", "SELECT name FROM singer WHERE age > 3 OR age < 9")]
    [InlineData("SELECT name FROM singer ORDER BY age", "SELECT name FROM singer ORDER BY age DESC")]
    [InlineData("SELECT name FROM singer ORDER BY age LIMIT 1", "SELECT name FROM singer ORDER BY age")]
    [InlineData("SELECT count(*) FROM singer", "SELECT count(*) FROM concert")]
    [InlineData("SELECT name FROM singer GROUP BY name HAVING count(*) > 2", "SELECT name FROM singer GROUP BY name")]
    [InlineData("SELECT singer_id FROM singer", "SELECT singer_id FROM concert")] // tables must be the same as well
    [InlineData("SELECT value_class FROM singer", "SELECT value_class FROM singer")] // the official code destroys 'value' in predictions
    [InlineData("SELECT name FROM singer WHERE age IN (SELECT DISTINCT age FROM singer)", "SELECT name FROM singer WHERE age IN (SELECT age FROM singer)")] // DISTINCT counts inside conditions
    public void ExactMatch_OtherComponents_IsNoMatch(string gold, string predicted) => Assert.False(IsMatch(gold, predicted));

    [Theory]
    [InlineData("")]
    [InlineData("SELECT name")]
    [InlineData("SELECT name FROM singer, concert")]
    [InlineData("SELECT name FROM singer LEFT JOIN concert ON singer.singer_id = concert.singer_id")]
    [InlineData("SELECT name FROM singer WHERE age IN (1, 2)")]
    [InlineData("SELECT name FROM singer WHERE age IS NULL")]
    [InlineData("SELECT name AS n FROM singer")]
    [InlineData("SELECT name FROM singer WHERE name = 'it''s odd")]
    [InlineData("SELECT nothing FROM singer")]
    [InlineData("SELECT name FROM (")]
    [InlineData("((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((from (select")]
    public void Parse_OutsideTheMiniParser_IsATypedError(string sql) =>
        Assert.Throws<SpiderParseException>(() => SpiderParser.Parse(sql, Schema));

    [Fact]
    public void Parse_DeepNesting_EndsWithATypedError() => Assert.Throws<SpiderParseException>(() => SpiderParser.Parse(
        string.Concat(Enumerable.Repeat("SELECT name FROM (", 5_000)), Schema));

    [Fact]
    public void Analyze_BundledSpiderDev_ParsesEveryGoldAndMatchesItself()
    {
        var folder = TestFiles.InRepository("evals", "datasets", "spider-dev");
        var (hardness, matches) = Analyze(Path.Combine(folder, "questions.jsonl"), Path.Combine(folder, "databases"));
        Assert.Equal(972, matches);
        Assert.DoesNotContain("unknown", hardness.Keys);
    }

    [Fact]
    public void Analyze_WholeSpiderDev_HasThePublishedHardnessCounts()
    {
        var shared = TestFiles.TryShared("data", "sql", "spider");
        Assert.SkipWhen(shared is null, "Database wta_1, which may not be bundled, is not at hand.");
        var (hardness, matches) = Analyze(
            Path.Combine(shared, "spider_dev.jsonl"), Path.Combine(shared, "database"), Path.Combine(shared, "database_reconstructed"));
        Assert.Equal((248, 446, 174, 166), (hardness["easy"], hardness["medium"], hardness["hard"], hardness["extra"]));
        Assert.Equal(1_034, matches);
    }

    private static (Dictionary<string, int> Hardness, int Matches) Analyze(string questions, params string[] folders)
    {
        var examples = Example.ReadAll(questions, null);
        var analysis = new GoldAnalysis(new DatabaseFolders(folders).Resolve(examples));
        var results = examples.Select(example => analysis.Analyze(example, example.GoldSql)).ToList();
        return (results.GroupBy(result => result.Hardness).ToDictionary(group => group.Key, group => group.Count()), results.Count(result => result.ExactMatch is true));
    }

    private static bool IsMatch(string gold, string predicted) => ExactSetMatch.IsMatch(SpiderParser.Parse(gold, Schema), predicted, Schema);

    private static TableSchema Table(string name, params string[] columns) =>
        new(name, [.. columns.Select(column => new ColumnSchema(column, "TEXT", ColumnType.Text))], []);
}
