using System.CommandLine;

namespace TaskServices.Cli.Tests;

public sealed class HelpTests
{
    public static TheoryData<string> CommandPaths => [.. Walk(CommandTree.Create(), "")];

    [Theory]
    [MemberData(nameof(CommandPaths))]
    public async Task Help_EveryCommand_HasDescriptionAndExamples(string path)
    {
        var process = await CliProcess.RunAsync([.. path.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"]);

        Assert.Equal(ExitCode.Done, process.ExitCode);
        Assert.Contains("Usage:", process.Output, StringComparison.Ordinal);
        Assert.Contains("Examples:", process.Output, StringComparison.Ordinal);
        Assert.Empty(process.Error);
    }

    [Theory]
    [InlineData(new[] { "dmeo" }, "demo")]
    [InlineData(new[] { "predict-sq" }, "predict-sql")]
    [InlineData(new[] { "model", "improt", "x" }, "import")]
    [InlineData(new[] { "ask", "--databse", "sqlite:x", "q" }, "--database")]
    [InlineData(new[] { "check-sql", "--dialekt", "sqlite" }, "--dialect")]
    public async Task Run_MistypedName_SuggestsTheRightOne(string[] arguments, string suggestion)
    {
        var process = await CliProcess.RunAsync(arguments);

        Assert.Equal(ExitCode.Usage, process.ExitCode);
        Assert.Contains($"did you mean '{suggestion}'?", process.Error, StringComparison.Ordinal);
        Assert.Empty(process.Output);
    }

    [Theory]
    [InlineData]
    [InlineData("model")]
    [InlineData("ask")]
    [InlineData("ask", "question without a database")]
    [InlineData("ask", "--database", "sqlite:x", "--max-rows", "0", "q")]
    [InlineData("ask", "--database", "sqlite:x", "--max-rows", "many", "q")]
    [InlineData("demo", "--format", "xml")]
    [InlineData("serve", "--port", "65536")]
    [InlineData("serve", "--port", "9000", "--grpc-port", "9000")]
    [InlineData("serve", "--role", "nothing")]
    [InlineData("serve", "--inference", "http://127.0.0.1:1")]
    [InlineData("serve", "--role", "inference", "--inference", "http://127.0.0.1:1")]
    [InlineData("serve", "--role", "inference", "--database", "a=sqlite:x")]
    [InlineData("serve", "--role", "text-to-sql", "--inference", "127.0.0.1:1")]
    [InlineData("serve", "--role", "text-to-sql", "--inference", "ftp://127.0.0.1:1")]
    [InlineData("serve", "--role", "text-to-sql", "--inference", "http://127.0.0.1:1", "--model", "x.gguf")]
    [InlineData("serve", "--role", "text-to-sql", "--adapters", "/")]
    [InlineData("serve", "--listen", "0.0.0.0")]
    [InlineData("serve", "--sequences", "0")]
    [InlineData("serve", "--device", "tpu")]
    [InlineData("serve", "--device-memory", "0")]
    [InlineData("serve", "--listen", "everywhere")]
    [InlineData("serve", "--inference-token-file", "/nowhere")]
    [InlineData("serve", "--database", "without-url")]
    [InlineData("serve", "--database", "a=sqlite:x", "--database", "a=sqlite:y")]
    [InlineData("generate", "--system", "S", "prompt")]
    [InlineData("model", "plan", "--bits", "5")]
    [InlineData("model", "plan", "--memory", "0")]
    [InlineData("model", "plan", "--context", "1")]
    [InlineData("model", "plan", "--device", "tpu")]
    [InlineData("model", "plan", "--device", "cuda", "--bits", "32")]
    [InlineData("model", "plan", "Llama-3-8B", "--check", "4")]
    [InlineData("generate", "--chat-format", "nothing", "prompt")]
    [InlineData("check-sql", "--dialect", "oracle", "--schema", "s", "--in", "i")]
    public async Task Run_BadUsage_ExitsWith2(params string[] arguments)
    {
        var process = await CliProcess.RunAsync(arguments);

        Assert.Equal(ExitCode.Usage, process.ExitCode);
        Assert.DoesNotContain("   at ", process.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ask", "--database", "sqlite:x", "--model", "/nowhere.gguf", "q")]
    [InlineData("ask", "--database", "sqlite:x", "--adapter", "/nowhere", "q")]
    [InlineData("demo", "--questions", "/nowhere.txt")]
    [InlineData("serve", "--role", "inference", "--adapters", "/nowhere")]
    [InlineData("serve", "--token-file", "/nowhere.txt")]
    [InlineData("predict-sql", "--questions", "/nowhere.jsonl", "--databases", "/", "--out", "/tmp/unused.jsonl")]
    [InlineData("check-sql", "--dialect", "sqlite", "--schema", "/nowhere.sql", "--in", "/nowhere.txt")]
    public async Task Run_MissingFile_ExitsWith3AndOneLine(params string[] arguments)
    {
        var process = await CliProcess.RunAsync([.. arguments, "--format", "json"]);

        Assert.Equal(ExitCode.Environment, process.ExitCode);
        Assert.Contains("/nowhere", Assert.Single(process.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
        Assert.NotEmpty(Assert.Single(process.JsonLines).GetProperty("error").GetProperty("reason").GetString()!);
    }

    private static IEnumerable<string> Walk(Command command, string path)
    {
        yield return path;
        foreach (var subcommand in command.Subcommands)
        {
            foreach (var below in Walk(subcommand, $"{path} {subcommand.Name}".Trim()))
            {
                yield return below;
            }
        }
    }
}
