using System.Xml.Linq;
using TaskServices.Evals.Commands;
using TaskServices.Evals.Runs;

namespace TaskServices.Evals.Tests.Runs;

public sealed class ReportTests : IDisposable
{
    private readonly TinyDatabase _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Html_HostileTexts_StayTextAndNothingIsLoaded()
    {
        var html = await RenderAsync();
        Assert.DoesNotContain("<script", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("<img", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("http://", html, StringComparison.Ordinal);
        Assert.DoesNotContain("https://", html, StringComparison.Ordinal);
        Assert.Contains("&lt;script&gt;alert(1)&lt;/script&gt;", html, StringComparison.Ordinal);
        Assert.Contains("default-src 'none'", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Html_EveryPlot_IsThereAndWellFormed()
    {
        var html = await RenderAsync();
        var plots = html.Split("<svg")[1..].Select(part => "<svg" + part[..(part.IndexOf("</svg>", StringComparison.Ordinal) + 6)]).ToList();
        Assert.Equal(5, plots.Count); // hardness, clause, database, risk–coverage, reliability
        Assert.All(plots, plot => XDocument.Parse(plot));
        Assert.DoesNotContain("NaN", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Html_Failures_ShowQuestionGoldPredictionReason()
    {
        var html = await RenderAsync();
        Assert.Contains("RESULT_DIFFERS: 1", html, StringComparison.Ordinal);
        Assert.Contains("SELECT 3 &lt; 2", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Explain_KnownAndUnknownItem_ExitCodes()
    {
        await RenderAsync();
        var run = Path.Combine(_folder.Folder, "run");
        Assert.Equal(ExitCodes.Done, await EvaluationCommand.InvokeAsync(["explain", run, "a"]));
        Assert.Equal(ExitCodes.Done, await EvaluationCommand.InvokeAsync(["explain", run]));
        Assert.Equal(ExitCodes.Environment, await EvaluationCommand.InvokeAsync(["explain", run, "zzz"]));
        Assert.Equal(ExitCodes.Environment, await EvaluationCommand.InvokeAsync(["explain", run + "-none", "a"]));
    }

    private async Task<string> RenderAsync()
    {
        var questions = _folder.Write("q.jsonl", """
            {"id":"a","db_id":"tiny","question":"<script>alert(1)</script><img src=x>","query":"SELECT 3 > 2"}
            {"id":"b","db_id":"tiny","question":"[bold]Markup[/]","query":"SELECT 1"}
            """);
        var predictions = _folder.Write("p.jsonl", """
            {"id":"a","sql":"SELECT 3 < 2","confidence":0.2}
            {"id":"b","sql":"SELECT 1","confidence":0.9,"latency_ms":12}
            """);
        var run = Path.Combine(_folder.Folder, "run");
        Assert.Equal(ExitCodes.Done, await EvaluationCommand.InvokeAsync(
            ["text-to-sql", "--questions", questions, "--databases", _folder.Databases, "--predictions", predictions, "--out", run]));
        return await File.ReadAllTextAsync(RunFolder.ReportPath(run), TestContext.Current.CancellationToken);
    }
}
