namespace TaskServices.Cli.Tests;

public sealed class ModelPlanTests
{
    [Fact]
    public async Task Plan_PublishedModel_SaysHowManySequencesFit()
    {
        var process = await CliProcess.RunAsync("model", "plan", "llama-3-8b", "--bits", "4", "16", "--device", "cuda", "--format", "json");

        Assert.Equal(ExitCode.Done, process.ExitCode);
        var (four, sixteen) = (process.JsonLines.First().GetProperty("sequences"), process.JsonLines.Last().GetProperty("sequences"));
        Assert.Equal(["8", "16", "24", "80"], four.EnumerateObject().Select(entry => entry.Name));
        Assert.True(four.GetProperty("8").GetInt32() > 0);
        Assert.Equal(0, sixteen.GetProperty("16").GetInt32());
        Assert.True(sixteen.GetProperty("24").GetInt32() > 0);
    }

    [Fact]
    public async Task Plan_Check_AgreesWithThisMachinesMemory()
    {
        using var folder = new TemporaryFolder();
        var model = folder.Combine("model");
        Assert.Equal(ExitCode.Done, (await CliProcess.RunAsync("model", "import", ModelChoice.FindBundledModel(), "--out", model)).ExitCode);

        foreach (var (sequences, context) in ((string, string)[])[("1", "256"), ("6", "1024")])
        {
            var process = await CliProcess.RunAsync("model", "plan", model, "--check", sequences, "--context", context, "--format", "json");
            Assert.True(process.ExitCode == ExitCode.Done, process.Output + process.Error);
        }
    }

    [Fact]
    public async Task Plan_UnknownName_NamesTheKnown()
    {
        var process = await CliProcess.RunAsync("model", "plan", "gpt-5");

        Assert.Equal(ExitCode.Environment, process.ExitCode);
        Assert.Contains("SmolLM2-135M, SmolLM2-360M", process.Error, StringComparison.Ordinal);
    }
}
