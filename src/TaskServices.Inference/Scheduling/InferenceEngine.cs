using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using TaskServices.Inference.Adapters;
using TaskServices.Inference.Decoding;
using TaskServices.Inference.Models;
using TaskServices.Inference.Tokenization;

namespace TaskServices.Inference.Scheduling;

/// <summary>Runs completions and scores of many callers on one model session by continuous batching (Yu et al., Orca, 2022).</summary>
/// <remarks>
/// Thread safe. One thread of its own uses the session and disposes it at the end. Greedy completions do not depend on what else runs.
/// Every method throws <see cref="InferenceException"/> with one of these reasons: <c>QUEUE_FULL</c>, <c>QUEUE_TIMEOUT</c> (both
/// <see cref="EngineBusyException"/>), <c>PROMPT_EMPTY</c>, <c>PROMPT_TOO_LONG</c>, <c>TOKEN_ID_OUT_OF_RANGE</c>, <c>REQUEST_INVALID</c>, <c>ADAPTER_NOT_FOUND</c>,
/// <c>DEADLINE_EXCEEDED</c>, <c>LOGITS_NOT_FINITE</c>, <c>GRAMMAR_DEAD_END</c>, <c>GRAMMAR_FAILED</c>, <c>MODEL_RUN_FAILED</c>,
/// <c>ENGINE_FAILED</c>, <c>ENGINE_STOPPED</c>, those of <see cref="GrammarException"/>; and <see cref="OperationCanceledException"/> when the caller cancels.
/// </remarks>
public sealed class InferenceEngine : IAsyncDisposable
{
    private readonly RequestQueue _queue;
    private readonly RequestValidator _validator;
    private readonly IReadOnlyList<int> _endTokenIds;
    private readonly int _slotCapacity;
    private readonly AdapterSet? _adapters;
    private readonly RequestObserver _observer;
    private readonly Func<GrammarText, IGrammarMatcher> _createMatcher;
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Starts the engine's thread.</summary>
    /// <param name="session">The session; the engine owns it from here on.</param>
    /// <param name="tokenizer">Gives the default end tokens and bounds the tokens that can be chosen.</param>
    /// <param name="options">Checked here.</param>
    /// <param name="adapters">The adapters of the session that requests may name, or null.</param>
    /// <param name="createMatcher">Makes a matcher for each completion with a grammar; null compiles and caches grammars here.</param>
    /// <exception cref="InferenceException"><c>OPTION_OUT_OF_RANGE</c>.</exception>
    public InferenceEngine(
        IModelSession session,
        ITokenizer tokenizer,
        InferenceOptions options,
        InferenceMetrics? metrics = null,
        ILogger<InferenceEngine>? logger = null,
        TimeProvider? timeProvider = null,
        AdapterSet? adapters = null,
        Func<GrammarText, IGrammarMatcher>? createMatcher = null)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _endTokenIds = tokenizer.EndTokenIds;
        _slotCapacity = session.SlotCapacity;
        _adapters = adapters;
        _createMatcher = createMatcher ?? new GrammarCache(tokenizer).CreateMatcher;
        _validator = new RequestValidator(session.VocabularySize, tokenizer.VocabularySize, _slotCapacity, options.QueueCapacity);
        _observer = new RequestObserver(
            options.ModelName, metrics, logger ?? NullLogger<InferenceEngine>.Instance, timeProvider ?? TimeProvider.System,
            options.MachineCostPerHour);
        _queue = new RequestQueue(options.QueueCapacity, options.QueueTimeout, session.SlotCount, _observer);
        var chooser = new TokenChooser(session.VocabularySize, tokenizer.VocabularySize, _endTokenIds, _observer);
        var loop = new EngineLoop(session, chooser, options, _queue, _observer);
        new Thread(() => Run(loop)) { IsBackground = true, Name = "inference-engine" }.UnsafeStart(); // Not under the caller's span.
    }

    /// <summary>Gets whether the engine takes requests: false after <see cref="DisposeAsync"/> and after repeated session failures.</summary>
    public bool IsRunning => !_queue.IsClosed;

    /// <summary>Completes one prompt.</summary>
    public async Task<Completion> GenerateAsync(GenerationRequest request, CancellationToken cancellationToken)
    {
        var sequence = Create(request, cancellationToken);
        Enqueue(request.Adapter, sequence);
        return await sequence.Result.ConfigureAwait(false);
    }

    /// <summary>Completes one prompt and gives the tokens as they come. A bad request or a full queue throws here, not at the enumeration.</summary>
    public StreamedCompletion StreamAsync(GenerationRequest request, CancellationToken cancellationToken)
    {
        // Not a linked source: nobody could say when to dispose it, as the stream may cancel at any time.
        var cancellation = new CancellationTokenSource();
        var sequence = Create(request, cancellation.Token);
        var channel = Channel.CreateUnbounded<CompletionToken>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
        sequence.Stream = channel.Writer;
        Enqueue(request.Adapter, sequence);
        var registration = cancellationToken.UnsafeRegister(_ => cancellation.Cancel(), null);
        _ = sequence.Result.ContinueWith(
            _ => registration.Unregister(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        return new StreamedCompletion(channel.Reader, sequence.Result, cancellation);
    }

    /// <summary>Completes one prompt several times; the prompt is prefilled once.</summary>
    /// <param name="requests">Requests with the same prompt; each has its own grammar, sampling and limits.</param>
    /// <returns>The completions, in the requests' order. If one fails, all are cancelled and its error is thrown.</returns>
    public async Task<IReadOnlyList<Completion>> GenerateManyAsync(
        IReadOnlyList<GenerationRequest> requests, CancellationToken cancellationToken)
    {
        _validator.CheckGroup(requests);
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var sequences = requests.Select(request => Create(request, cancellation.Token)).ToArray();
        foreach (var sequence in sequences)
            sequence.Group = sequences[0];
        Enqueue(requests[0].Adapter, sequences);
        var running = sequences.Select(sequence => sequence.Result).ToList();
        while (running.Count > 0)
        {
            var ended = await Task.WhenAny(running).ConfigureAwait(false);
            running.Remove(ended);
            if (ended.IsCompletedSuccessfully)
                continue;
            await cancellation.CancelAsync().ConfigureAwait(false);
            await ((Task)Task.WhenAll(running)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
            await ended.ConfigureAwait(false);
        }

        return [.. sequences.Select(sequence => sequence.Result.Result)];
    }

    /// <summary>Samples one prompt several times; sample <c>i</c> takes the request's seed plus <c>i</c>.</summary>
    /// <param name="request">What every sample shares.</param>
    /// <param name="count">At least 1.</param>
    public Task<IReadOnlyList<Completion>> GenerateManyAsync(GenerationRequest request, int count, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        var requests = new GenerationRequest[count];
        for (var i = 0; i < count; i++)
            requests[i] = request with { Sampling = request.Sampling with { Seed = unchecked(request.Sampling.Seed + (ulong)i) } };
        return GenerateManyAsync(requests, cancellationToken);
    }

    /// <summary>Scores given continuations of one prompt.</summary>
    /// <param name="continuations">At least one, each of at least one token.</param>
    /// <returns>The natural-log probability of each continuation, summed over its tokens.</returns>
    public Task<IReadOnlyList<double>> ScoreAsync(
        IReadOnlyList<int> promptTokenIds, IReadOnlyList<IReadOnlyList<int>> continuations, CancellationToken cancellationToken) =>
        ScoreAsync(promptTokenIds, continuations, adapter: null, cancellationToken);

    /// <summary>Scores given continuations of one prompt with an adapter.</summary>
    /// <param name="continuations">At least one, each of at least one token.</param>
    /// <param name="adapter">Name of a loaded adapter; null is the base model.</param>
    /// <returns>The natural-log probability of each continuation, summed over its tokens.</returns>
    public async Task<IReadOnlyList<double>> ScoreAsync(
        IReadOnlyList<int> promptTokenIds,
        IReadOnlyList<IReadOnlyList<int>> continuations,
        string? adapter,
        CancellationToken cancellationToken)
    {
        _validator.CheckScore(promptTokenIds, continuations);
        var sequence = ScoredSequence.Create(promptTokenIds, [.. continuations.Select(c => c.ToArray())], cancellationToken);
        Enqueue(adapter, sequence);
        return await sequence.Result.ConfigureAwait(false);
    }

    /// <summary>Fails waiting and running requests with <c>ENGINE_STOPPED</c> after the model run in progress, and disposes the session.</summary>
    public async ValueTask DisposeAsync()
    {
        _adapters?.Close();
        _queue.Close(new ObjectDisposedException(nameof(InferenceEngine)));
        await _stopped.Task.ConfigureAwait(false);
    }

    private GeneratedSequence Create(GenerationRequest request, CancellationToken cancellationToken)
    {
        _validator.Check(request);
        var matcher = request.Grammar is null ? null : _createMatcher(request.Grammar);
        return GeneratedSequence.Create(request, matcher, _slotCapacity, _endTokenIds, cancellationToken);
    }

    /// <summary>Queues sequences, all with the version that the adapter's name stands for now.</summary>
    private void Enqueue(string? adapterName, params ReadOnlySpan<Sequence> sequences)
    {
        var adapter = adapterName is null
            ? null
            : _adapters?.Acquire(adapterName, sequences.Length)
                ?? throw new InferenceException("ADAPTER_NOT_FOUND", $"No adapter '{adapterName}' is loaded; this engine takes none.");
        foreach (var sequence in sequences)
        {
            sequence.Adapter = adapter;
            _observer.Submitted(sequence);
        }

        try
        {
            _queue.Enqueue(sequences);
        }
        catch (Exception exception)
        {
            foreach (var sequence in sequences)
                _observer.Refused(sequence, exception);
            adapter?.Release(sequences.Length); // Sequences that were not queued never end.
            throw;
        }
    }

    private void Run(EngineLoop loop)
    {
        try
        {
            using (loop)
                loop.Run();
            _stopped.SetResult();
        }
        catch (Exception exception)
        {
            _stopped.SetException(exception);
        }
    }
}
