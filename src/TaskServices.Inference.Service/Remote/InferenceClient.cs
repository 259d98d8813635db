using Grpc.Core;
using Grpc.Net.Client;
using TaskServices.Inference.Decoding;
using Proto = TaskServices.Protos.Inference.V1;

namespace TaskServices.Inference.Service.Remote;

/// <summary>One channel to an inference host, with typed errors and retries. Safe for use from several threads.</summary>
internal sealed class InferenceClient : IDisposable
{
    private readonly GrpcChannel _channel;
    private readonly Proto.InferenceService.InferenceServiceClient _client;

    public InferenceClient(Uri address, string? accessToken)
    {
        Address = address;
        var handler = new SocketsHttpHandler
        {
            // A host that is gone without a word is noticed while calls run, not only by the next one.
            KeepAlivePingDelay = TimeSpan.FromSeconds(15),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(10),
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
            ConnectTimeout = TimeSpan.FromSeconds(5),
            EnableMultipleHttp2Connections = true,
            PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
        };
        _channel = GrpcChannel.ForAddress(address, new GrpcChannelOptions
        {
            HttpHandler = handler,
            DisposeHttpClient = true,
            Credentials = Credentials(address, accessToken),
            // Inside a cluster, between two pods, the token may travel without TLS.
            UnsafeUseInsecureChannelCallCredentials = true,
            // A restarted host is to be found again within a second, not within minutes.
            InitialReconnectBackoff = TimeSpan.FromMilliseconds(100),
            MaxReconnectBackoff = TimeSpan.FromSeconds(1),
        });
        _client = new Proto.InferenceService.InferenceServiceClient(_channel);
    }

    public Uri Address { get; }

    /// <summary>Reads what the host runs, without retries.</summary>
    public Task<Proto.Model> GetModelOnceAsync(TimeSpan timeout, CancellationToken cancellationToken) => CallAsync(
        async token => (await _client.GetModelAsync(new(), deadline: DateTime.UtcNow + timeout, cancellationToken: token).ConfigureAwait(false)).Model,
        cancellationToken);

    public Task FetchAsync(TokenizerFile file, Stream destination, CancellationToken cancellationToken) => RetryAsync(
        async token =>
        {
            destination.SetLength(0);
            using var call = _client.GetTokenizerFile(new() { Sha256 = file.Sha256 }, cancellationToken: token);
            await foreach (var piece in call.ResponseStream.ReadAllAsync(token).ConfigureAwait(false))
            {
                if (destination.Length + piece.Content.Length > file.SizeBytes)
                    throw new InferenceException("TOKENIZER_INVALID", $"The inference host sends more of {file.Name} than it said.");
                await destination.WriteAsync(piece.Content.Memory, token).ConfigureAwait(false);
            }

            return true;
        },
        cancellationToken);

    public Task<IReadOnlyList<double>> ScoreAsync(Proto.ScoreRequest request, CancellationToken cancellationToken) => RetryAsync<IReadOnlyList<double>>(
        async token => (await _client.ScoreAsync(request, cancellationToken: token).ConfigureAwait(false)).LogProbabilities,
        cancellationToken);

    public Task<IReadOnlyList<Proto.Adapter>> ListAdaptersAsync(CancellationToken cancellationToken) => RetryAsync<IReadOnlyList<Proto.Adapter>>(
        async token => (await _client.ListAdaptersAsync(new(), cancellationToken: token).ConfigureAwait(false)).Adapters,
        cancellationToken);

    /// <summary>Loading is repeatable: the same content under the same name changes nothing.</summary>
    public Task<Proto.Adapter> LoadAdapterAsync(string name, string? sha256, CancellationToken cancellationToken) => RetryAsync(
        async token =>
            (await _client.LoadAdapterAsync(new() { Name = name, Sha256 = sha256 ?? "" }, cancellationToken: token).ConfigureAwait(false)).Adapter,
        cancellationToken);

    /// <summary>Not retried: the first try may have unloaded it.</summary>
    public Task UnloadAdapterAsync(string name, CancellationToken cancellationToken) => CallAsync(
        async token => await _client.UnloadAdapterAsync(new() { Name = name }, cancellationToken: token).ConfigureAwait(false), cancellationToken);

    /// <summary>Runs Generate, again where it failed before its first message, and gives each message on.</summary>
    /// <param name="grammar">The grammar whose hash the request names, sent where the host does not know it; or null.</param>
    public Task GenerateAsync(
        Proto.GenerateRequest request,
        GrammarText? grammar,
        DateTime? deadline,
        Action<Proto.GenerateResponse> onMessage,
        CancellationToken cancellationToken) => RetryAsync(
        async token =>
        {
            try
            {
                await GenerateOnceAsync(request, deadline, onMessage, token).ConfigureAwait(false);
            }
            catch (InferenceException exception) when (exception.Reason == "GRAMMAR_NOT_REGISTERED" && grammar is not null)
            {
                var registration = new Proto.RegisterGrammarRequest { Sha256 = grammar.Sha256, Text = grammar.Text };
                await CallAsync(
                    async inner => await _client.RegisterGrammarAsync(registration, deadline: deadline, cancellationToken: inner).ConfigureAwait(false),
                    token).ConfigureAwait(false);
                await GenerateOnceAsync(request, deadline, onMessage, token).ConfigureAwait(false);
            }

            return true;
        },
        cancellationToken);

    public void Dispose() => _channel.Dispose();

    private static ChannelCredentials Credentials(Uri address, string? accessToken)
    {
        var channel = address.Scheme == "https" ? ChannelCredentials.SecureSsl : ChannelCredentials.Insecure;
        return accessToken is null ? channel : ChannelCredentials.Create(channel, CallCredentials.FromInterceptor((_, metadata) =>
        {
            metadata.Add("authorization", "Bearer " + accessToken);
            return Task.CompletedTask;
        }));
    }

    private async Task GenerateOnceAsync(
        Proto.GenerateRequest request, DateTime? deadline, Action<Proto.GenerateResponse> onMessage, CancellationToken cancellationToken)
    {
        var hasBegun = false;
        try
        {
            await CallAsync(
                async token =>
                {
                    using var call = _client.Generate(request, deadline: deadline, cancellationToken: token);
                    await foreach (var message in call.ResponseStream.ReadAllAsync(token).ConfigureAwait(false))
                    {
                        hasBegun = true;
                        onMessage(message);
                    }

                    return true;
                },
                cancellationToken).ConfigureAwait(false);
        }
        catch (RemoteHostException exception) when (hasBegun)
        {
            // The caller has seen tokens: another try could contradict them.
            throw new InferenceException(exception.Reason, exception.Message, exception);
        }
    }

    private Task<T> RetryAsync<T>(Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken) =>
        RemoteRetry.Pipeline.ExecuteAsync(async token => await CallAsync(call, token).ConfigureAwait(false), cancellationToken).AsTask();

    private async Task<T> CallAsync<T>(Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        try
        {
            return await call(cancellationToken).ConfigureAwait(false);
        }
        catch (RpcException exception)
        {
            throw RemoteErrors.ToException(exception, Address, cancellationToken);
        }
    }
}
