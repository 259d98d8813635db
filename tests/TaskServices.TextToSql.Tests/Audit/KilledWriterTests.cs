using System.Diagnostics;

namespace TaskServices.TextToSql.Tests.Audit;

/// <summary>Processes that write one log at once and are killed while they do.</summary>
public sealed class KilledWriterTests
{
    private const string PathVariable = "TASKSERVICES_TEST_AUDIT_FILE";

    [Fact]
    public async Task Append_TwoProcessesKilledWhileWriting_LeaveAChainThatGoesOn()
    {
        using var file = new LogFile();
        var acknowledged = 0L;
        for (var round = 0; round < 2; round++)
        {
            using Process first = StartWriter(file.Path), second = StartWriter(file.Path);
            try
            {
                var goal = acknowledged + 60;
                while (!File.Exists(file.Path) || CountLines(file.Path) < goal)
                {
                    Assert.False(first.HasExited || second.HasExited, "a writer ended by itself");
                    await Task.Delay(20, TestContext.Current.CancellationToken);
                }
            }
            finally
            {
                first.Kill();
                second.Kill();
            }

            await first.WaitForExitAsync(TestContext.Current.CancellationToken);
            await second.WaitForExitAsync(TestContext.Current.CancellationToken);
            await file.FillAsync(1);
            var report = file.Verify();
            Assert.Null(report.Problem);
            Assert.True(report.Records > acknowledged + 60);
            acknowledged = report.Records;
        }
    }

    /// <summary>Not a test: what the processes above run.</summary>
    [Fact(Explicit = true)]
    public async Task Writer_UntilKilled()
    {
        var path = Environment.GetEnvironmentVariable(PathVariable);
        Assert.SkipWhen(path is null, "started by Append_TwoProcessesKilledWhileWriting_LeaveAChainThatGoesOn only");
        var log = TaskServices.TextToSql.Audit.AuditLog.Open(new(path), [], _ => { });
        while (true)
            await log.AppendAsync("question", json => json.WriteString("question", new string('x', 3_000)));
    }

    private static int CountLines(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().Count(c => c is '\n');
    }

    private static Process StartWriter(string path)
    {
        var start = new ProcessStartInfo(
            Environment.ProcessPath!, ["-explicit", "only", "-method", $"{typeof(KilledWriterTests).FullName}.{nameof(Writer_UntilKilled)}"])
        {
            Environment = { [PathVariable] = path },
            RedirectStandardOutput = true,
        };
        return Process.Start(start)!;
    }
}
