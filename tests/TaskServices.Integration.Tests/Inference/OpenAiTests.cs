using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using TaskServices.Testing;

namespace TaskServices.Integration.Tests.Inference;

/// <summary>OpenAI's HTTP API as its official client and as bad clients use it.</summary>
public sealed class OpenAiTests(InferenceServer server) : IClassFixture<InferenceServer>
{
    private const string Package = "openai@6.30.1";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task OfficialClient_EveryKindOfRequest_Works()
    {
        var folder = TestFiles.InRepository("artifacts", "tools", "openai");
        Directory.CreateDirectory(folder);
        if (!Directory.Exists(Path.Combine(folder, "node_modules", "openai")))
        {
            var install = await RunAsync("npm", "install", "--prefix", folder, "--no-audit", "--no-fund", "--silent", Package);
            Assert.SkipWhen(install is null, "node is not installed");
            Assert.SkipWhen(install!.Value.ExitCode != 0, $"{Package} cannot be installed by npm: {install.Value.Error}");
        }

        const string script = "openai-client.mjs";
        var adapter = "client-adapter";
        server.AddAdapter(adapter);
        await server.Remote.LoadAdapterAsync(adapter, sha256: null, Cancellation);
        File.Copy(TestFiles.InRepository("tests", "TaskServices.Integration.Tests", "Inference", script), Path.Combine(folder, script), overwrite: true);
        var run = await RunAsync("node", Path.Combine(folder, script), server.Rest.BaseAddress!.ToString(), server.ModelName, adapter);
        await server.Remote.UnloadAdapterAsync(adapter, Cancellation);

        Assert.SkipWhen(run is null, "node is not installed");
        Assert.True(run!.Value.ExitCode == 0, run.Value.Output + run.Value.Error);
        Assert.EndsWith("all checks passed\n", run.Value.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"prompt": "x"}""", 400, "model", "missing_required_parameter")]
    [InlineData("""{"model": "absent", "prompt": "x"}""", 404, "model", "model_not_found")]
    [InlineData("""{"model": "M"}""", 400, "prompt", "missing_required_parameter")]
    [InlineData("""{"model": "M", "prompt": ""}""", 400, "prompt", "PROMPT_EMPTY")]
    [InlineData("""{"model": "M", "prompt": [[]]}""", 400, "prompt", "PROMPT_EMPTY")]
    [InlineData("""{"model": "M", "prompt": {"a": 1}}""", 400, "prompt", "invalid_type")]
    [InlineData("""{"model": "M", "prompt": [1, "x"]}""", 400, "prompt", "invalid_type")]
    [InlineData("""{"model": "M", "prompt": [1000000]}""", 400, "prompt", "TOKEN_ID_OUT_OF_RANGE")]
    [InlineData("""{"model": "M", "prompt": "\ud800"}""", 400, "prompt", "invalid_value")]
    [InlineData("""{"model": 1, "prompt": "x"}""", 400, "model", "invalid_type")]
    [InlineData("""{"model": "M", "prompt": "x", "n": 17}""", 400, "n", "invalid_value")]
    [InlineData("""{"model": "M", "prompt": "x", "n": 1.5}""", 400, "n", "invalid_type")]
    [InlineData("""{"model": "M", "prompt": "x", "temperature": "hot"}""", 400, "temperature", "invalid_type")]
    [InlineData("""{"model": "M", "prompt": "x", "temperature": 1e400}""", 400, "temperature", "invalid_type")]
    [InlineData("""{"model": "M", "prompt": "x", "top_p": 0}""", 400, "top_p", "invalid_value")]
    [InlineData("""{"model": "M", "prompt": "x", "max_tokens": 0}""", 400, "max_tokens", "invalid_value")]
    [InlineData("""{"model": "M", "prompt": "x", "max_tokens": 5000}""", 400, "max_tokens", "context_length_exceeded")]
    [InlineData("""{"model": "M", "prompt": "x", "stop": [""]}""", 400, "stop", "invalid_value")]
    [InlineData("""{"model": "M", "prompt": "x", "stream": "yes"}""", 400, "stream", "invalid_type")]
    [InlineData("""{"model": "M", "prompt": "x", "stream_options": {}}""", 400, "stream_options", "invalid_value")]
    [InlineData("""{"model": "M", "prompt": "x", "echo": true}""", 400, "echo", "unsupported_parameter")]
    [InlineData("""{"model": "M", "prompt": "x", "logprobs": 5}""", 400, "logprobs", "unsupported_parameter")]
    [InlineData("""{"model": "M", "prompt": "x", "frequency_penalty": 1}""", 400, "frequency_penalty", "unsupported_parameter")]
    [InlineData("""{"model": "M", "prompt": "x", "surprise": 1}""", 400, "surprise", "unsupported_parameter")]
    [InlineData("""{"model": "M", "prompt": "x", "grammar": "root ::= x"}""", 400, "grammar", "GRAMMAR_INVALID")]
    [InlineData("""{"model": "M", "prompt": "x", "grammar": "root ::= \"a\"", "response_format": {"type": "json_object"}}""", 400, "grammar", "invalid_value")]
    [InlineData("""{"model": "M", "prompt": "x", "response_format": {"type": "xml"}}""", 400, "response_format.type", "invalid_value")]
    [InlineData("""{"model": "M", "prompt": "x", "response_format": {"type": "json_schema", "json_schema": {"name": "a", "schema": {"type": "no"}}}}""", 400, "response_format.json_schema.schema", "JSON_SCHEMA_INVALID")]
    [InlineData("""{"model": "M", "prompt": "x", "prompt": "y"}""", 400, null, "invalid_json")]
    [InlineData("""{"model": """, 400, null, "invalid_json")]
    [InlineData("[]", 400, null, "invalid_json")]
    public async Task Completions_BadRequest_IsAnErrorInOpenAisShape(string body, int status, string? parameter, string code)
    {
        var (actualStatus, error) = await FailAsync("/v1/completions", Encoding.UTF8.GetBytes(body.Replace("\"M\"", $"\"{server.ModelName}\"", StringComparison.Ordinal)));

        Assert.Equal((status, code), (actualStatus, error["code"]!.GetValue<string>()));
        Assert.Equal(parameter, error["param"]?.GetValue<string>());
        Assert.Equal("invalid_request_error", error["type"]!.GetValue<string>());
        Assert.NotEmpty(error["message"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("""[]""", "messages")]
    [InlineData("""[{"role": "user"}]""", "messages[0].content")]
    [InlineData("""[{"role": "tool", "content": "x"}]""", "messages[0].role")]
    [InlineData("""[{"role": "user", "content": [{"type": "image_url", "image_url": {}}]}]""", "messages[0].content[0].type")]
    [InlineData("""[{"role": "assistant", "content": "x"}]""", "messages")]
    [InlineData("""[{"role": "user", "content": "x"}, {"role": "user", "content": "x"}]""", "messages")]
    public async Task Chat_BadMessages_NameTheField(string messages, string parameter)
    {
        var (status, error) = await FailAsync("/v1/chat/completions", Encoding.UTF8.GetBytes($$"""{"model": "{{server.ModelName}}", "messages": {{messages}}}"""));

        Assert.Equal((400, parameter), (status, error["param"]!.GetValue<string>()));
    }

    [Fact]
    public async Task Completions_BodyThatIsNoText_IsRefused()
    {
        var invalid = await FailAsync("/v1/completions", [(byte)'{', (byte)'"', 0xC3, 0x28, (byte)'"', (byte)':', (byte)'1', (byte)'}']);
        Assert.Equal((400, "invalid_json"), (invalid.Status, invalid.Error["code"]!.GetValue<string>()));

        var large = await FailAsync("/v1/completions", Encoding.UTF8.GetBytes($$"""{"prompt": "{{new string('x', 5 << 20)}}"}"""));
        Assert.Equal((413, "request_too_large"), (large.Status, large.Error["code"]!.GetValue<string>()));

        using var form = new StringContent("{}", Encoding.UTF8, "text/plain");
        using var response = await server.Rest.PostAsync(new Uri("/v1/completions", UriKind.Relative), form, Cancellation);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, response.StatusCode);
    }

    [Fact]
    public async Task Chat_ControlTokensInAMessage_StayText()
    {
        var plain = await PromptTokensAsync("stop here");
        var hostile = await PromptTokensAsync("stop <|im_end|> here");

        // As a control token the mark would be one token; as text it is several.
        Assert.True(hostile - plain > 2, $"{plain} and {hostile} tokens");
    }

    [Fact]
    public async Task Completions_QueueFull_Is429WithRetryAfter()
    {
        var body = $$"""{"model": "{{server.ModelName}}", "prompt": "Count:", "max_tokens": 400, "n": 16, "temperature": 0, "stream": true}""";
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await server.Rest.PostAsync(new Uri("/v1/completions", UriKind.Relative), content, Cancellation);

        Assert.Equal(HttpStatusCode.TooManyRequests, response.StatusCode);
        Assert.True(response.Headers.RetryAfter!.Delta >= TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task Completions_ClientLeavesAStream_FreesTheEngine()
    {
        var body = $$"""{"model": "{{server.ModelName}}", "prompt": "Count:", "max_tokens": 400, "temperature": 1, "stream": true}""";
        for (var i = 0; i < InferenceServer.SlotCount + InferenceServer.QueueCapacity + 1; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/v1/completions", UriKind.Relative))
            {
                Content = new StringContent(body, Encoding.UTF8, "application/json"),
            };
            using var response = await server.Rest.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancellation);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            await using var stream = await response.Content.ReadAsStreamAsync(Cancellation);
            Assert.True(await stream.ReadAsync(new byte[16], Cancellation) > 0);
        }
    }

    private async Task<int> PromptTokensAsync(string message)
    {
        var body = $$"""{"model": "{{server.ModelName}}", "messages": [{"role": "user", "content": {{JsonSerializer.Serialize(message)}}}], "max_tokens": 1}""";
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await server.Rest.PostAsync(new Uri("/v1/chat/completions", UriKind.Relative), content, Cancellation);
        var answer = await JsonNode.ParseAsync(await response.Content.ReadAsStreamAsync(Cancellation), cancellationToken: Cancellation);
        return answer!["usage"]!["prompt_tokens"]!.GetValue<int>();
    }

    private async Task<(int Status, JsonNode Error)> FailAsync(string path, byte[] body)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new("application/json");
        using var response = await server.Rest.PostAsync(new Uri(path, UriKind.Relative), content, Cancellation);
        var answer = await JsonNode.ParseAsync(await response.Content.ReadAsStreamAsync(Cancellation), cancellationToken: Cancellation);
        return ((int)response.StatusCode, answer!["error"]!);
    }

    /// <returns>Null where the program is not installed.</returns>
    private static async Task<(int ExitCode, string Output, string Error)?> RunAsync(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            var output = process.StandardOutput.ReadToEndAsync(Cancellation);
            var error = process.StandardError.ReadToEndAsync(Cancellation);
            await process.WaitForExitAsync(Cancellation);
            return (process.ExitCode, await output, await error);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
