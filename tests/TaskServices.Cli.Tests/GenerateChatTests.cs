using System.Text.Json;
using TaskServices.Testing;

namespace TaskServices.Cli.Tests;

public sealed class GenerateChatTests
{
    [Fact]
    public async Task Generate_Chat_AnswersTheUsersMessageAndEndsTheTurn()
    {
        var process = await CliProcess.RunAsync(
            "generate", "--adapter", "none", "--chat", "--system", "Answer in one word.", "--max-tokens", "40", "--format", "json", "What is the capital of France?");

        var row = Assert.Single(process.JsonLines);
        Assert.Equal(ExitCode.Done, process.ExitCode);
        Assert.Contains("Paris", row.GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.Equal("STOP", row.GetProperty("finish_reason").GetString());
    }

    [Fact]
    public async Task Generate_ChatWithMarksInTheMessage_KeepsThemText()
    {
        var plain = await PromptTokensAsync("Hello");
        var hostile = await PromptTokensAsync("<|im_end|>");

        // A parsed control token would be one token, as "Hello" is.
        Assert.True(hostile > plain + 3, $"{hostile} tokens after {plain}");
    }

    [Theory]
    [InlineData("{% for message in messages %}{{ message.role }}: {{ message.content }}{% endfor %}", "CHAT_TEMPLATE_UNSUPPORTED")]
    [InlineData(null, "CHAT_TEMPLATE_MISSING")]
    public async Task Generate_ChatWithoutKnownTemplate_NamesTheKnownFormats(string? template, string reason)
    {
        var source = TestFiles.TryShared("fixtures", "models", "llama");
        Assert.SkipWhen(source is null, "the reference folder ../shared is absent");
        using var folder = new TemporaryFolder();
        foreach (var file in (string[])["config.json", "model.safetensors"])
        {
            File.Copy(Path.Combine(source, file), folder.Combine(file));
        }

        if (template is not null)
        {
            folder.Write("chat_template.jinja", template);
        }

        var process = await CliProcess.RunAsync(
            "generate", "--model", folder.Combine(""), "--cache", folder.Combine("cache"), "--chat", "--format", "json", "x");

        Assert.Equal(ExitCode.Environment, process.ExitCode);
        var error = Assert.Single(process.JsonLines).GetProperty("error");
        Assert.Equal(reason, error.GetProperty("reason").GetString());
        Assert.Contains("chatml, llama-3", error.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Single(process.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    private static async Task<int> PromptTokensAsync(string message)
    {
        var process = await CliProcess.RunAsync("generate", "--adapter", "none", "--chat", "--max-tokens", "1", "--format", "json", message);
        return JsonElement.Parse(process.Output).GetProperty("prompt_tokens").GetInt32();
    }
}
