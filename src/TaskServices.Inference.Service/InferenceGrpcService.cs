using Google.Protobuf;
using Grpc.Core;
using TaskServices.Inference.Scheduling;
using TaskServices.Inference.Tokenization;
using TaskServices.ServiceDefaults.Loading;
using Proto = TaskServices.Protos.Inference.V1;

namespace TaskServices.Inference.Service;

/// <summary>Maps <c>taskservices.inference.v1</c> calls onto an <see cref="InferenceHost"/>.</summary>
internal sealed class InferenceGrpcService(LateLoaded<ServedModel> source) : Proto.InferenceService.InferenceServiceBase
{
    private const int FilePieceBytes = 64 << 10;

    public override Task<Proto.GetModelResponse> GetModel(Proto.GetModelRequest request, ServerCallContext context)
    {
        // Clients take this call for the sign that completions will work.
        var served = source.Value;
        return served.Host.Engine.IsRunning
            ? Task.FromResult(new Proto.GetModelResponse { Model = ProtoMapping.ToProto(served) })
            : throw new InferenceException("ENGINE_STOPPED", "The engine has stopped; the host's log says why.");
    }

    public override async Task GetTokenizerFile(
        Proto.GetTokenizerFileRequest request, IServerStreamWriter<Proto.GetTokenizerFileResponse> responseStream, ServerCallContext context)
    {
        RequestMapping.CheckHash("sha256", request.Sha256);
        var served = source.Value;
        var file = served.TokenizerFiles.FirstOrDefault(file => file.Sha256 == request.Sha256)
            ?? throw new UnknownResourceException(
                "TOKENIZER_FILE_NOT_FOUND", "TokenizerFile", request.Sha256, "The tokenizer has no file of this hash; call GetModel for those that it has.");
        await using var stream = File.OpenRead(Path.Combine(served.Host.Directory, file.Name));
        var buffer = new byte[FilePieceBytes];
        while (await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, context.CancellationToken) is > 0 and var count)
        {
            var piece = new Proto.GetTokenizerFileResponse { Content = ByteString.CopyFrom(buffer, 0, count) };
            await responseStream.WriteAsync(piece, context.CancellationToken);
        }
    }

    public override Task<Proto.RegisterGrammarResponse> RegisterGrammar(Proto.RegisterGrammarRequest request, ServerCallContext context)
    {
        var grammar = RequestMapping.ToGrammar(request);
        var compiled = source.Value.Host.Grammars.Get(grammar);
        return Task.FromResult(new Proto.RegisterGrammarResponse { ShortestCompletionTokenCount = compiled.ShortestCompletionTokens });
    }

    public override async Task Generate(
        Proto.GenerateRequest request, IServerStreamWriter<Proto.GenerateResponse> responseStream, ServerCallContext context)
    {
        RequestMapping.Check(request);
        var served = source.Value;
        var generation = RequestMapping.ToGeneration(request, served, context);
        if (request.Streaming && request.SampleCount <= 1)
        {
            await StreamAsync(served.Host, generation, responseStream, context.CancellationToken);
            return;
        }

        var samples = await served.Host.GenerateManyAsync(generation, Math.Max(1, request.SampleCount), context.CancellationToken);
        for (var i = 0; i < samples.Count; i++)
            await responseStream.WriteAsync(ProtoMapping.ToProto(samples[i], i, served.Host.Tokenizer), context.CancellationToken);
    }

    public override async Task<Proto.ScoreResponse> Score(Proto.ScoreRequest request, ServerCallContext context)
    {
        RequestMapping.Check(request);
        var served = source.Value;
        RequestMapping.CheckTokenizer(served, request.TokenizerSha256);
        var scores = await served.Host.ScoreAsync(
            request.PromptTokenIds,
            [.. request.Continuations.Select(continuation => (IReadOnlyList<int>)continuation.TokenIds)],
            RequestMapping.ToAdapter(served, request.Adapter),
            context.CancellationToken);
        return new Proto.ScoreResponse { LogProbabilities = { scores } };
    }

    public override Task<Proto.ListAdaptersResponse> ListAdapters(Proto.ListAdaptersRequest request, ServerCallContext context) =>
        Task.FromResult(new Proto.ListAdaptersResponse { Adapters = { source.Value.Host.Adapters.List().Select(ProtoMapping.ToProto) } });

    public override Task<Proto.LoadAdapterResponse> LoadAdapter(Proto.LoadAdapterRequest request, ServerCallContext context)
    {
        RequestMapping.Check(request);
        var served = source.Value;
        var folder = served.AdapterFolder
            ?? throw new InferenceException("ADAPTER_FOLDER_MISSING", "The server was started without an adapter folder (--adapters); it loads none.");
        var adapter = served.Host.Adapters.Load(request.Name, folder.Find(request.Name), request.Sha256.Length > 0 ? request.Sha256 : null);
        return Task.FromResult(new Proto.LoadAdapterResponse { Adapter = ProtoMapping.ToProto(adapter) });
    }

    public override async Task<Proto.UnloadAdapterResponse> UnloadAdapter(Proto.UnloadAdapterRequest request, ServerCallContext context)
    {
        RequestMapping.CheckAdapterName(request.Name);
        var served = source.Value;
        RequestMapping.ToAdapter(served, request.Name);
        await served.Host.Adapters.UnloadAsync(request.Name, context.CancellationToken);
        return new Proto.UnloadAdapterResponse();
    }

    private static async Task StreamAsync(
        InferenceHost host, GenerationRequest request, IServerStreamWriter<Proto.GenerateResponse> responseStream, CancellationToken cancellationToken)
    {
        var stream = host.StreamAsync(request, cancellationToken);
        var decoder = new StreamingDecoder(host.Tokenizer);
        await foreach (var token in stream.WithCancellation(cancellationToken))
        {
            var message = new Proto.GenerateResponse { Tokens = { ProtoMapping.ToProto(token) }, Text = decoder.Append(token.Id) };
            await responseStream.WriteAsync(message, cancellationToken);
        }

        var completion = ProtoMapping.ToProto(await stream.Completion);
        await responseStream.WriteAsync(new Proto.GenerateResponse { Text = decoder.Complete(), Completion = completion }, cancellationToken);
    }
}
