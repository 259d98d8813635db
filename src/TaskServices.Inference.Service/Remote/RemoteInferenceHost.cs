using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using TaskServices.Inference.Models;
using TaskServices.Inference.Scheduling;
using TaskServices.Inference.Tokenization;
using Proto = TaskServices.Protos.Inference.V1;

namespace TaskServices.Inference.Service.Remote;

/// <summary>A model that another process runs. Text becomes tokens here, with the very same tokenizer.</summary>
/// <remarks>
/// Thread safe. Reconnects by itself. Calls are repeated for some seconds where that is safe: reads always, completions until their first
/// token has come. What fails for longer ends in <see cref="InferenceException"/> with <c>HOST_UNAVAILABLE</c>.
/// </remarks>
public sealed partial class RemoteInferenceHost : IInferenceHost
{
    private static readonly TimeSpan ProbeTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ConnectPause = TimeSpan.FromMilliseconds(500);

    private readonly InferenceClient _client;
    private readonly string _tokenizerSha256;
    private volatile ModelDescription _model;

    private RemoteInferenceHost(InferenceClient client, Proto.Model model, ITokenizer tokenizer) =>
        (_client, _model, _tokenizerSha256, Tokenizer) = (client, ToDescription(model), model.TokenizerSha256, tokenizer);

    /// <summary>Gets what the host ran when it was last asked.</summary>
    public ModelDescription Model => _model;

    public ITokenizer Tokenizer { get; }

    /// <summary>Connects to a host and fetches its tokenizer; waits as long as the host is away or loading.</summary>
    /// <param name="address">For example <c>http://127.0.0.1:8081</c>.</param>
    /// <param name="accessToken">Bearer token that the host asks for, or null.</param>
    /// <param name="cacheFolder">Folder that tokenizers are kept in; null takes the one of imported models, or the temporary folder.</param>
    /// <exception cref="InferenceException">What the host sends cannot be used.</exception>
    public static async Task<RemoteInferenceHost> ConnectAsync(
        Uri address, string? accessToken, string? cacheFolder, ILogger<RemoteInferenceHost> logger, CancellationToken cancellationToken)
    {
        var client = new InferenceClient(address, accessToken);
        try
        {
            var model = await WaitForModelAsync(client, logger, cancellationToken).ConfigureAwait(false);
            string[] folders = cacheFolder is null ? [new ModelStore().Folder, Path.Combine(Path.GetTempPath(), "taskservices")] : [cacheFolder];
            var files = model.TokenizerFiles.Select(file => new TokenizerFile(file.Name, file.Sha256, file.SizeBytes)).ToArray();
            var tokenizer = await new TokenizerCache(folders)
                .LoadAsync(files, model.TokenizerSha256, client.FetchAsync, cancellationToken).ConfigureAwait(false);
            LogConnected(logger, address, model.Name);
            return new RemoteInferenceHost(client, model, tokenizer);
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    /// <summary>Asks once whether the host can take requests of this client.</summary>
    /// <exception cref="InferenceException">It cannot; the reason says why.</exception>
    public async Task ProbeAsync(CancellationToken cancellationToken)
    {
        var model = await _client.GetModelOnceAsync(ProbeTimeout, cancellationToken).ConfigureAwait(false);
        if (model.TokenizerSha256 != _tokenizerSha256)
            throw new InferenceException("TOKENIZER_CHANGED", "The inference host runs a model with another tokenizer; restart this process.");
        _model = ToDescription(model);
    }

    public async Task<Completion> GenerateAsync(GenerationRequest request, CancellationToken cancellationToken) =>
        (await GenerateManyAsync(request, 1, cancellationToken).ConfigureAwait(false))[0];

    public async Task<IReadOnlyList<Completion>> GenerateManyAsync(GenerationRequest request, int count, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        var samples = Enumerable.Range(0, count).Select(_ => new CompletionReader()).ToArray();
        var message = MessageMapping.ToProto(request, _tokenizerSha256, count, streaming: false);
        await _client.GenerateAsync(
            message, request.Grammar, DeadlineOf(request), part => ReaderOf(samples, part).Add(part), cancellationToken).ConfigureAwait(false);
        return [.. samples.Select(sample => sample.Completion)];
    }

    /// <inheritdoc/>
    /// <remarks>Every error comes with the enumeration.</remarks>
    public StreamedCompletion StreamAsync(GenerationRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var cancellation = new CancellationTokenSource();
        var channel = Channel.CreateUnbounded<CompletionToken>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
        var completion = StreamAsync(request, channel.Writer, cancellation, cancellationToken);
        return new StreamedCompletion(channel.Reader, completion, cancellation);
    }

    public Task<IReadOnlyList<double>> ScoreAsync(
        IReadOnlyList<int> promptTokenIds,
        IReadOnlyList<IReadOnlyList<int>> continuations,
        string? adapter,
        CancellationToken cancellationToken)
    {
        var request = new Proto.ScoreRequest { PromptTokenIds = { promptTokenIds }, TokenizerSha256 = _tokenizerSha256, Adapter = adapter ?? "" };
        request.Continuations.AddRange(continuations.Select(tokenIds => new Proto.TokenSequence { TokenIds = { tokenIds } }));
        return _client.ScoreAsync(request, cancellationToken);
    }

    /// <summary>Lists the names of the adapters that the host has loaded.</summary>
    public async Task<IReadOnlyList<string>> ListAdaptersAsync(CancellationToken cancellationToken) =>
        [.. (await _client.ListAdaptersAsync(cancellationToken).ConfigureAwait(false)).Select(adapter => adapter.Name)];

    /// <summary>Has the host load an adapter from its own adapter folder.</summary>
    /// <param name="sha256">Expected hash of its content, or null.</param>
    /// <returns>The hash of what was loaded.</returns>
    public async Task<string> LoadAdapterAsync(string name, string? sha256, CancellationToken cancellationToken) =>
        (await _client.LoadAdapterAsync(name, sha256, cancellationToken).ConfigureAwait(false)).Sha256;

    /// <summary>Has the host unload an adapter; ends when the requests that use it have ended.</summary>
    public Task UnloadAdapterAsync(string name, CancellationToken cancellationToken) => _client.UnloadAdapterAsync(name, cancellationToken);

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<Completion> StreamAsync(
        GenerationRequest request, ChannelWriter<CompletionToken> tokens, CancellationTokenSource cancellation, CancellationToken cancellationToken)
    {
        await using var registration = cancellationToken.UnsafeRegister(_ => cancellation.Cancel(), null);
        try
        {
            var reader = new CompletionReader();
            await _client.GenerateAsync(
                MessageMapping.ToProto(request, _tokenizerSha256, count: 1, streaming: true),
                request.Grammar,
                DeadlineOf(request),
                part =>
                {
                    reader.Add(part);
                    foreach (var token in part.Tokens)
                        tokens.TryWrite(MessageMapping.ToToken(token));
                },
                cancellation.Token).ConfigureAwait(false);
            var completion = reader.Completion;
            tokens.TryComplete();
            return completion;
        }
        catch (Exception exception)
        {
            tokens.TryComplete(exception);
            throw;
        }
    }

    private static async Task<Proto.Model> WaitForModelAsync(
        InferenceClient client, ILogger<RemoteInferenceHost> logger, CancellationToken cancellationToken)
    {
        for (var isFirst = true; ; isFirst = false)
        {
            try
            {
                return await client.GetModelOnceAsync(ProbeTimeout, cancellationToken).ConfigureAwait(false);
            }
            catch (InferenceException exception) when (exception is RemoteHostException || exception.Reason == "DEADLINE_EXCEEDED")
            {
                if (isFirst)
                    LogWaiting(logger, client.Address, exception.Reason);
            }

            await Task.Delay(ConnectPause, cancellationToken).ConfigureAwait(false);
        }
    }

    private static CompletionReader ReaderOf(CompletionReader[] samples, Proto.GenerateResponse part) =>
        (uint)part.SampleIndex < (uint)samples.Length ? samples[part.SampleIndex] : throw CompletionReader.Broken();

    private static DateTime? DeadlineOf(GenerationRequest request) => request.Timeout is { } timeout ? DateTime.UtcNow + timeout : null;

    private static ModelDescription ToDescription(Proto.Model model) => new()
    {
        Name = model.Name,
        SourceSha256 = model.SourceSha256,
        MergedAdapterSha256 = model.MergedAdapterSha256.Length > 0 ? model.MergedAdapterSha256 : null,
        Bits = model.WeightBits,
        ContextLength = model.ContextTokenCount,
    };

    [LoggerMessage(LogLevel.Warning, "Waiting for the inference host at {Address}: {Reason}.")]
    private static partial void LogWaiting(ILogger logger, Uri address, string reason);

    [LoggerMessage(LogLevel.Information, "Connected to {Model} at {Address}.")]
    private static partial void LogConnected(ILogger logger, Uri address, string model);
}
