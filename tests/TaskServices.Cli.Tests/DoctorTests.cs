namespace TaskServices.Cli.Tests;

public sealed class DoctorTests
{
    [Fact]
    public async Task Doctor_CudaFinding_IsOnePlainLine()
    {
        var process = await CliProcess.RunAsync("doctor", "--format", "json", "--model", ModelChoice.FindBundledModel(), "--adapter", "none");

        Assert.Equal(ExitCode.Done, process.ExitCode);
        var cuda = Assert.Single(process.JsonLines, finding => finding.GetProperty("name").GetString() == "cuda");
        var detail = cuda.GetProperty("detail").GetString()!;
        Assert.False(cuda.GetProperty("needed").GetBoolean());
        Assert.StartsWith(cuda.GetProperty("ok").GetBoolean() ? "a CUDA session runs" : "no CUDA session: ", detail, StringComparison.Ordinal);
        Assert.DoesNotContain("ErrorCode", detail, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', detail);
    }
}
