using System.Text.Json;
using TaskServices.Evals.Commands;
using TaskServices.Evals.Runs;

namespace TaskServices.Evals.Tests.Runs;

public sealed class EvaluationCommandTests : IDisposable
{
    private readonly TinyDatabase _folder = new();

    private readonly string _questions;

    private readonly string _gold;

    public EvaluationCommandTests()
    {
        string[] queries = ["SELECT count(*) FROM singer", "SELECT name FROM singer ORDER BY age", "SELECT DISTINCT age FROM singer", "SELECT name FROM singer WHERE age > 99"];
        _questions = _folder.Write("questions.jsonl", Lines(queries.Select((query, i) => new { id = $"q{i}", db_id = "tiny", question = $"Question {i}?", query })));
        _gold = _folder.Write("gold.jsonl", Lines(queries.Select((sql, i) => new { id = $"q{i}", sql })));
    }

    private string Run => Path.Combine(_folder.Folder, "run");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task TextToSql_GoldAsPrediction_ScoresOne()
    {
        Assert.Equal(ExitCodes.Done, await EvaluateAsync(_gold));
        var summary = ReadSummary();
        Assert.Equal(1.0, summary.Ceiling.Value);
        Assert.Equal(1.0, summary.Metric("execution_accuracy").Value);
        Assert.Equal(1.0, summary.Metric("bird_execution_accuracy").Value);
        Assert.Equal(4, summary.Count);
    }

    [Fact]
    public async Task TextToSql_MixedPredictions_CountsAllItemsAndSaysWhy()
    {
        var predictions = _folder.Write("p.jsonl", Lines(
            new { id = "q0", sql = "DELETE FROM singer" },
            new { id = "q1", sql = "SELECT name FROM singer ORDER BY age DESC" },
            new { id = "q2", sql = "SELECT age FROM singer" })); // q3 is missing
        var before = await File.ReadAllBytesAsync(_folder.Path, TestContext.Current.CancellationToken);
        Assert.Equal(ExitCodes.Done, await EvaluateAsync(predictions));
        Assert.Equal(before, await File.ReadAllBytesAsync(_folder.Path, TestContext.Current.CancellationToken));

        var byId = RunFolder.ReadExamples(Run).ToDictionary(item => item.Id);
        Assert.Equal("NOT_READ_ONLY", byId["q0"].Failure);
        Assert.Equal("RESULT_DIFFERS", byId["q1"].Failure);
        Assert.True(byId["q2"].Correct); // DISTINCT is removed from both by default
        Assert.Equal(("NO_SQL", "NO_PREDICTION"), (byId["q3"].Failure, byId["q3"].Reason));
        Assert.Equal((1, 4), (ReadSummary().Metric("execution_accuracy").Hits, ReadSummary().Metric("execution_accuracy").Count));
        Assert.Equal(2, ReadSummary().Metric("valid").Hits);
    }

    [Fact]
    public async Task TextToSql_KeepDistinct_CountsDuplicates()
    {
        var predictions = _folder.Write("p.jsonl", Lines(new { id = "q2", sql = "SELECT age FROM singer" }));
        Assert.Equal(ExitCodes.Done, await EvaluateAsync(predictions, "--keep-distinct"));
        Assert.False(RunFolder.ReadExamples(Run).Single(item => item.Id == "q2").Correct);
    }

    [Fact]
    public async Task TextToSql_TornLastLine_IsDoneAgainAndOthersKept()
    {
        Assert.Equal(ExitCodes.Done, await EvaluateAsync(_gold));
        var path = RunFolder.ExamplesPath(Run);
        var lines = await File.ReadAllLinesAsync(path, TestContext.Current.CancellationToken);
        var kept = lines[0].Replace("Question ", "Finished earlier ", StringComparison.Ordinal);
        await File.WriteAllTextAsync(path, kept + "\n" + lines[1][..20], TestContext.Current.CancellationToken);

        Assert.Equal(ExitCodes.Done, await EvaluateAsync(_gold));
        var items = RunFolder.ReadExamples(Run);
        Assert.Equal(["q0", "q1", "q2", "q3"], items.Select(item => item.Id).Order());
        Assert.Equal("Finished earlier 0?", items[0].Question);
        Assert.Equal(4, ReadSummary().Metric("execution_accuracy").Hits);
    }

    [Fact]
    public async Task TextToSql_BrokenLineInTheMiddle_IsAnErrorNotASkip()
    {
        Assert.Equal(ExitCodes.Done, await EvaluateAsync(_gold));
        var path = RunFolder.ExamplesPath(Run);
        var lines = await File.ReadAllLinesAsync(path, TestContext.Current.CancellationToken);
        lines[1] = lines[1][..20];
        await File.WriteAllLinesAsync(path, lines, TestContext.Current.CancellationToken);
        Assert.Equal(ExitCodes.Environment, await EvaluateAsync(_gold));
    }

    [Fact]
    public async Task TextToSql_OtherSettings_AreRefused()
    {
        Assert.Equal(ExitCodes.Done, await EvaluateAsync(_gold));
        Assert.Equal(ExitCodes.Environment, await EvaluateAsync(_gold, "--seed", "9"));
        Assert.Equal(ExitCodes.Environment, await EvaluateAsync(_folder.Write("p.jsonl", Lines(new { id = "q0", sql = "SELECT 1" }))));
    }

    [Fact]
    public async Task TextToSql_LargerLimit_ExtendsTheRun()
    {
        Assert.Equal(ExitCodes.Done, await EvaluateAsync(_gold, "--limit", "2"));
        Assert.Equal(2, ReadSummary().Count);
        Assert.Equal(ExitCodes.Done, await EvaluateAsync(_gold));
        Assert.Equal(4, ReadSummary().Count);
    }

    [Fact]
    public async Task TextToSql_FolderWithOtherFiles_IsLeftAlone()
    {
        Directory.CreateDirectory(Run);
        await File.WriteAllTextAsync(Path.Combine(Run, "precious.txt"), "x", TestContext.Current.CancellationToken);
        Assert.Equal(ExitCodes.Environment, await EvaluateAsync(_gold));
        Assert.Equal(["precious.txt"], Directory.EnumerateFiles(Run).Select(Path.GetFileName));
    }

    [Fact]
    public async Task TextToSql_EndlessPrediction_TimesOut()
    {
        var predictions = _folder.Write("p.jsonl", Lines(
            new { id = "q0", sql = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n" }));
        Assert.Equal(ExitCodes.Done, await EvaluateAsync(predictions, "--time-limit", "0.2", "--limit", "1"));
        Assert.Equal("QUERY_TIMED_OUT", RunFolder.ReadExamples(Run).Single().Failure);
    }

    [Fact]
    public async Task TextToSql_GoldThatFails_CountsAgainstTheCeiling()
    {
        var questions = _folder.Write("bad.jsonl", Lines(
            new { id = "q0", db_id = "tiny", question = "?", query = "SELECT nothing FROM singer" },
            new { id = "q1", db_id = "tiny", question = "?", query = "SELECT 1" }));
        Assert.Equal(ExitCodes.Done, await EvaluationCommand.InvokeAsync(
            ["text-to-sql", "--questions", questions, "--databases", _folder.Databases, "--predictions", _gold, "--out", Run]));
        Assert.Equal(0.5, ReadSummary().Ceiling.Value);
        Assert.Equal("GOLD_FAILED", RunFolder.ReadExamples(Run).Single(item => item.Id == "q0").Failure);
    }

    [Theory]
    [InlineData("--limit", "0")]
    [InlineData("--limit", "x")]
    [InlineData("--parallelism", "0")]
    [InlineData("--unknown", "1")]
    public async Task TextToSql_BadOption_IsUsage(string option, string value) =>
        Assert.Equal(ExitCodes.Usage, await EvaluateAsync(_gold, option, value));

    [Fact]
    public async Task TextToSql_BaselineOfABetterRun_Fails()
    {
        var rows = Enumerable.Range(0, 20).ToList();
        var questions = _folder.Write("many.jsonl", Lines(rows.Select(i => new { id = $"m{i}", db_id = "tiny", question = "?", query = $"SELECT {i}" })));
        var right = _folder.Write("right.jsonl", Lines(rows.Select(i => new { id = $"m{i}", sql = $"SELECT {i}" })));
        var wrong = _folder.Write("wrong.jsonl", Lines(rows.Select(i => new { id = $"m{i}", sql = i < 8 ? "SELECT 'wrong'" : $"SELECT {i}" })));
        var slightlyWrong = _folder.Write("slightly.jsonl", Lines(rows.Select(i => new { id = $"m{i}", sql = i < 2 ? "SELECT 'wrong'" : $"SELECT {i}" })));
        var baseline = Path.Combine(_folder.Folder, "baseline.json");

        Assert.Equal(ExitCodes.Done, await ScoreAsync(right, "a", "--save-baseline", baseline));
        Assert.Equal(ExitCodes.Done, await ScoreAsync(right, "b", "--baseline", baseline));
        Assert.Equal(ExitCodes.No, await ScoreAsync(wrong, "c", "--baseline", baseline)); // 8 lost: p = 0.008
        Assert.Equal(ExitCodes.Done, await ScoreAsync(slightlyWrong, "d", "--baseline", baseline)); // 2 lost: p = 0.5
        Assert.Equal(ExitCodes.Environment, await ScoreAsync(right, "e", "--baseline", baseline + ".missing"));
        Assert.Equal(ExitCodes.Done, await EvaluationCommand.InvokeAsync(["compare", Path.Combine(_folder.Folder, "a"), Path.Combine(_folder.Folder, "c")]));

        Task<int> ScoreAsync(string predictions, string run, params string[] more) => EvaluationCommand.InvokeAsync(
            ["text-to-sql", "--questions", questions, "--databases", _folder.Databases, "--predictions", predictions, "--out", Path.Combine(_folder.Folder, run), .. more]);
    }

    private Task<int> EvaluateAsync(string predictions, params string[] more) => EvaluationCommand.InvokeAsync(
        ["text-to-sql", "--questions", _questions, "--databases", _folder.Databases, "--predictions", predictions, "--out", Run, .. more]);

    private Summary ReadSummary() => JsonSerializer.Deserialize<Summary>(File.ReadAllText(RunFolder.SummaryPath(Run)), Json.Indented)!;

    private static string Lines(params IEnumerable<object> rows) => string.Concat(rows.Select(row => JsonSerializer.Serialize(row) + "\n"));
}
