using TaskServices.Testing;

namespace TaskServices.Cli.Tests;

public sealed class ModelCheckTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData("runtime")]
    [InlineData("merged")]
    public async Task ModelCheck_Adapter_AgreesWithTheReferenceInBothModes(string mode)
    {
        var (model, adapter) = (Fixture("llama"), Fixture("llama-lora"));
        var result = await CliProcess.RunAsync(
            "model", "check", model, Path.Combine(adapter, "expected.json"), "--adapter", adapter, "--adapter-mode", mode, "--cache", _folder.Combine("cache"), "--format", "json");
        Assert.Equal(0, result.ExitCode);
        Assert.True(Assert.Single(result.JsonLines).GetProperty("passed").GetBoolean());
    }

    [Fact]
    public async Task ModelCheck_AdapterOfAnotherBase_IsRefusedWithTheMatrix()
    {
        var (model, adapter) = (Fixture("qwen3"), Fixture("llama-lora"));
        var result = await CliProcess.RunAsync(
            "model", "check", model, Path.Combine(adapter, "expected.json"), "--adapter", adapter, "--cache", _folder.Combine("cache"));
        Assert.Equal(3, result.ExitCode);
        Assert.Contains("ADAPTER_BASE_MISMATCH", result.Error, StringComparison.Ordinal);
        Assert.Contains("model.layers.0.", result.Error, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private static string Fixture(string name)
    {
        var path = TestFiles.TryShared("fixtures", "models", name);
        Assert.SkipWhen(path is null, "The reference folder is absent.");
        return path;
    }
}
