using TaskServices.TextToSql.Audit;

namespace TaskServices.Cli.Tests;

public sealed class AuditCommandTests
{
    [Fact]
    public async Task Verify_EmptyChangedAndMissingFile_EndWithTheirExitCodes()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Combine("audit.jsonl");
        AuditLog.Open(new(path), [], _ => { });

        var intact = await CliProcess.RunAsync("audit", "verify", path);
        Assert.Equal((0, ""), (intact.ExitCode, intact.Error));
        Assert.Contains("intact: 0 records", intact.Output, StringComparison.Ordinal);
        Assert.Contains("--pin", intact.Output, StringComparison.Ordinal);

        await File.WriteAllTextAsync(path, "{}\n", TestContext.Current.CancellationToken);
        var broken = await CliProcess.RunAsync("audit", "verify", path, "--format", "json");
        Assert.Equal(1, broken.ExitCode);
        Assert.Contains("line 1", broken.JsonLines.Single().GetProperty("problem").GetString(), StringComparison.Ordinal);

        Assert.Equal(3, (await CliProcess.RunAsync("audit", "verify", folder.Combine("none"))).ExitCode);
    }

    [Fact]
    public async Task Ask_WithAnAuditLogThatCannotBeWritten_StopsBeforeAnythingElse()
    {
        using var folder = new TemporaryFolder();
        var run = await CliProcess.RunAsync("ask", "--database", "sqlite:none.db", "--audit", folder.Combine("no/such/audit.jsonl"), "How many?");
        Assert.Equal(3, run.ExitCode);
        Assert.Contains("[AUDIT_FAILED]", run.Error, StringComparison.Ordinal);
    }
}
