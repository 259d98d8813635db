using Google.Rpc;
using Grpc.Core;
using TaskServices.Inference;
using TaskServices.Inference.Decoding;
using TaskServices.Inference.Scheduling;
using TaskServices.TextToSql.Generation;
using Proto = TaskServices.Protos.Inference.V1;

namespace TaskServices.Integration.Tests.Inference;

/// <summary>A host in another place answers as the host here does, and fails as it does.</summary>
public sealed class RemoteHostTests(InferenceServer server) : IClassFixture<InferenceServer>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void ConnectAsync_GivesTheVeryModelAndTokenizer()
    {
        const string text = "SELECT count(*) FROM singer; ÄÖ 漢字 <|im_end|>\n\t x";

        Assert.Equal(server.Host.Model, server.Remote.Model);
        Assert.Equal(server.Host.Tokenizer.Encode(text), server.Remote.Tokenizer.Encode(text));
        Assert.Equal(server.Host.Tokenizer.EndTokenIds, server.Remote.Tokenizer.EndTokenIds);
    }

    [Fact]
    public async Task GenerateAsync_Requests_EqualThoseInProcess()
    {
        var sampled = Request("Once upon a time") with { Sampling = new SamplingOptions(0.9, 0.8, ulong.MaxValue - 1) };
        GenerationRequest[] requests =
        [
            Request("The capital of France is"),
            sampled,
            Request("A list of numbers:") with { EndTokenIds = [] },
            Request("Answer yes or no:") with { Grammar = new GrammarText("root ::= \" yes\" | \" no\" /[.!]{3}/") },
        ];
        foreach (var request in requests)
            AssertSame(await server.Host.GenerateAsync(request, Cancellation), await server.Remote.GenerateAsync(request, Cancellation));

        var here = await server.Host.GenerateManyAsync(sampled, 3, Cancellation);
        var there = await server.Remote.GenerateManyAsync(sampled, 3, Cancellation);
        Assert.Equal(3, there.Count);
        for (var i = 0; i < here.Count; i++)
            AssertSame(here[i], there[i]);
    }

    [Fact]
    public async Task StreamAsync_GivesTokensAndCompletion()
    {
        var expected = await server.Host.GenerateAsync(Request("The sea is"), Cancellation);
        var stream = server.Remote.StreamAsync(Request("The sea is"), Cancellation);
        var tokens = new List<CompletionToken>();
        await foreach (var token in stream)
            tokens.Add(token);

        Assert.Equal(expected.TokenIds, tokens.Select(token => token.Id));
        Assert.Equal(expected.LogProbabilities.Take(tokens.Count), tokens.Select(token => token.LogProbability));
        AssertSame(expected, await stream.Completion);
    }

    [Fact]
    public async Task ScoreAsync_EqualsInProcess()
    {
        var prompt = server.Host.Tokenizer.Encode("The capital of France is");
        IReadOnlyList<int>[] continuations = [server.Host.Tokenizer.Encode(" Paris"), server.Host.Tokenizer.Encode(" a banana tree")];

        var scores = await server.Remote.ScoreAsync(prompt, continuations, adapter: null, Cancellation);

        Assert.Equal(await server.Host.ScoreAsync(prompt, continuations, adapter: null, Cancellation), scores);
        Assert.True(scores[0] > scores[1]);
    }

    [Fact]
    public async Task GenerateAsync_BadRequests_FailAsInProcess()
    {
        (GenerationRequest Request, string Reason)[] bad =
        [
            (Request("x") with { Adapter = "absent" }, "ADAPTER_NOT_FOUND"),
            (Request("x") with { PromptTokenIds = new int[5_000] }, "PROMPT_TOO_LONG"),
            (Request("x") with { PromptTokenIds = [1_000_000] }, "TOKEN_ID_OUT_OF_RANGE"),
            (Request("x") with { Grammar = new GrammarText("root ::= absent") }, "GRAMMAR_INVALID"),
            (Request("x") with { Grammar = new GrammarText("root ::= \"a sentence of several words\""), MaxCompletionTokens = 1 }, "GRAMMAR_BUDGET_TOO_SMALL"),
        ];
        foreach (var (request, reason) in bad)
        {
            Assert.Equal(reason, (await Assert.ThrowsAnyAsync<InferenceException>(() => server.Remote.GenerateAsync(request, Cancellation))).Reason);
            Assert.Equal(reason, (await Assert.ThrowsAnyAsync<InferenceException>(() => server.Host.GenerateAsync(request, Cancellation))).Reason);
        }
    }

    [Fact]
    public async Task Generate_CancelledOrLate_LeavesTheEngineFree()
    {
        var endless = Request("Count:") with { EndTokenIds = [], MaxCompletionTokens = 400 };
        using var stop = new CancellationTokenSource();
        var running = server.Remote.GenerateAsync(endless, stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);

        var late = endless with { Timeout = TimeSpan.FromMilliseconds(50) };
        var error = await Assert.ThrowsAsync<InferenceException>(() => server.Remote.GenerateAsync(late, Cancellation));
        Assert.Equal("DEADLINE_EXCEEDED", error.Reason);

        await foreach (var token in server.Remote.StreamAsync(endless, Cancellation))
        {
            Assert.True(token.Id >= 0);
            break; // Leaving the enumeration cancels.
        }

        Assert.NotEmpty((await server.Remote.GenerateAsync(Request("The sea is"), Cancellation)).TokenIds);
    }

    [Fact]
    public async Task Generate_MoreThanTheQueueHolds_IsResourceExhaustedAndTheClientTriesAgain()
    {
        var message = new Proto.GenerateRequest { PromptText = "Count:", EndTokens = new Proto.TokenSequence(), MaxCompletionTokenCount = 60 };
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var calls = Enumerable.Range(0, 40).Select(_ => ReasonAsync(message, stop.Token)).ToArray();
        var first = await Task.WhenAny(calls);
        Assert.Equal("QUEUE_FULL", await first);

        // Busy now, and free soon: the client waits as it is told.
        Assert.NotEmpty((await server.Remote.GenerateAsync(Request("The sea is"), Cancellation)).TokenIds);
        await stop.CancelAsync();
        await Task.WhenAll(calls);
    }

    [Fact]
    public async Task Service_BadMessages_AreTypedErrors()
    {
        var hash = new string('0', 64);
        var model = (await server.Client.GetModelAsync(new(), cancellationToken: Cancellation)).Model;

        var fields = await FailAsync(new() { Adapter = "../secret", Sampling = new() { Temperature = double.NaN }, SampleCount = 65, GrammarSha256 = "x" });
        Assert.Equal((StatusCode.InvalidArgument, "INVALID_FIELDS"), (fields.StatusCode, Reason(fields)));
        Assert.Equal(
            ["prompt_token_ids", "grammar_sha256", "sampling.temperature", "adapter", "sample_count"],
            fields.GetRpcStatus()!.GetDetail<BadRequest>().FieldViolations.Select(violation => violation.Field));

        var unknown = await FailAsync(new() { PromptText = "x", GrammarSha256 = hash });
        Assert.Equal((StatusCode.NotFound, "GRAMMAR_NOT_REGISTERED"), (unknown.StatusCode, Reason(unknown)));
        Assert.Equal(hash, unknown.GetRpcStatus()!.GetDetail<ResourceInfo>().ResourceName);

        var other = await FailAsync(new() { PromptTokenIds = { 1 }, TokenizerSha256 = hash });
        Assert.Equal((StatusCode.FailedPrecondition, "TOKENIZER_CHANGED"), (other.StatusCode, Reason(other)));

        var mismatch = await Assert.ThrowsAsync<RpcException>(
            async () => await server.Client.RegisterGrammarAsync(new() { Sha256 = hash, Text = "root ::= \"a\"" }, cancellationToken: Cancellation));
        Assert.Equal((StatusCode.InvalidArgument, "GRAMMAR_HASH_MISMATCH"), (mismatch.StatusCode, Reason(mismatch)));

        foreach (var name in (string[])["../text-to-sql", "/etc", ".hidden", "a/b", "a\\b", ""])
        {
            var path = await Assert.ThrowsAsync<RpcException>(
                async () => await server.Client.LoadAdapterAsync(new() { Name = name }, cancellationToken: Cancellation));
            Assert.Equal((StatusCode.InvalidArgument, "INVALID_FIELDS"), (path.StatusCode, Reason(path)));
        }

        Assert.All(model.TokenizerFiles, file => Assert.DoesNotContain('/', file.Name));
    }

    [Fact]
    public async Task LoadAdapter_UnderTraffic_IsUsedAtOnceAndGoneAfterUnload()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var expected = await server.Host.GenerateAsync(Request("The sea is"), Cancellation);
        var traffic = Enumerable.Range(0, 2).Select(_ => KeepAskingAsync(expected, stop.Token)).ToArray();

        var question = Request("singer(singer_id*, name)\nQ: How many singers are there?\nV: \nSQL:");
        var bare = await server.Remote.GenerateAsync(question, Cancellation);
        server.AddAdapter("hot");
        var hash = await server.Remote.LoadAdapterAsync("hot", sha256: null, Cancellation);
        var wrong = await Assert.ThrowsAsync<InferenceException>(() => server.Remote.LoadAdapterAsync("hot", new string('0', 64), Cancellation));
        var adapted = await server.Remote.GenerateAsync(question with { Adapter = "hot" }, Cancellation);
        var again = await server.Remote.LoadAdapterAsync("hot", hash, Cancellation);

        Assert.Equal("ADAPTER_HASH_MISMATCH", wrong.Reason);
        Assert.Equal(hash, again);
        Assert.Contains("hot", await server.Remote.ListAdaptersAsync(Cancellation));
        Assert.NotEqual(bare.TokenIds, adapted.TokenIds);
        Assert.StartsWith(" select count(*) from singer", server.Remote.Tokenizer.Decode([.. adapted.TokenIds]), StringComparison.Ordinal);

        await server.Remote.UnloadAdapterAsync("hot", Cancellation);
        var gone = await Assert.ThrowsAsync<InferenceException>(() => server.Remote.GenerateAsync(question with { Adapter = "hot" }, Cancellation));
        Assert.Equal("ADAPTER_NOT_FOUND", gone.Reason);
        await stop.CancelAsync();
        Assert.All(await Task.WhenAll(traffic), count => Assert.True(count > 0));
    }

    [Fact]
    public async Task Pipeline_OverTheRemoteHost_MeetsAGrammarOfItsOwnSchema()
    {
        var grammar = new GrammarText(SchemaGrammar.Write(new FakeTextToSql().GetSchema(FakeTextToSql.Database), mayAbstain: true));
        var completion = await server.Remote.GenerateAsync(Request("Q: How many users?\nSQL:") with { Grammar = grammar }, Cancellation);

        Assert.True(Grammar.Parse(grammar.Text).Accepts(server.Remote.Tokenizer.Decode([.. completion.TokenIds])));
    }

    private GenerationRequest Request(string prompt) => new() { PromptTokenIds = server.Host.Tokenizer.Encode(prompt), MaxCompletionTokens = 24 };

    private async Task<int> KeepAskingAsync(Completion expected, CancellationToken stop)
    {
        for (var count = 0; ; count++)
        {
            if (stop.IsCancellationRequested)
                return count;
            Assert.Equal(expected.TokenIds, (await server.Remote.GenerateAsync(Request("The sea is"), Cancellation)).TokenIds);
        }
    }

    private async Task<RpcException> FailAsync(Proto.GenerateRequest message)
    {
        using var call = server.Client.Generate(message, cancellationToken: Cancellation);
        return await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(Cancellation));
    }

    /// <returns>The reason of the error, or nothing.</returns>
    private async Task<string> ReasonAsync(Proto.GenerateRequest message, CancellationToken cancellationToken)
    {
        try
        {
            using var call = server.Client.Generate(message, cancellationToken: cancellationToken);
            await call.ResponseStream.MoveNext(CancellationToken.None);
            return "";
        }
        catch (RpcException exception) when (exception.StatusCode is StatusCode.ResourceExhausted)
        {
            Assert.NotNull(exception.GetRpcStatus()!.GetDetail<RetryInfo>());
            return Reason(exception);
        }
        catch (RpcException exception) when (exception.StatusCode is StatusCode.Cancelled)
        {
            return "CANCELLED";
        }
    }

    private static string Reason(RpcException exception) => exception.GetRpcStatus()!.GetDetail<ErrorInfo>().Reason;

    private static void AssertSame(Completion expected, Completion actual)
    {
        Assert.Equal(expected.TokenIds, actual.TokenIds);
        Assert.Equal(expected.LogProbabilities, actual.LogProbabilities);
        Assert.Equal(expected.FinishReason, actual.FinishReason);
        Assert.Equal(expected.PromptTokenCount, actual.PromptTokenCount);
        Assert.Equal(expected.ForcedTokenCount, actual.ForcedTokenCount);
    }
}
