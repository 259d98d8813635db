using System.Threading.Channels;
using TaskServices.Inference.Decoding;

namespace TaskServices.Inference.Scheduling;

/// <summary>A sequence that the model continues.</summary>
internal sealed class GeneratedSequence : Sequence
{
    private readonly TaskCompletionSource<Completion> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly double[] _logProbabilities;
    private int _logProbabilityCount;

    private GeneratedSequence(
        GenerationRequest request, IGrammarMatcher? grammar, int budget, int[] tokenIds, int[] endTokenIds, CancellationToken cancellationToken)
        : base(tokenIds, request.PromptTokenIds.Count, cancellationToken)
    {
        EndTokenIds = endTokenIds;
        Grammar = grammar;
        Sampling = request.Sampling;
        KeptPrefixLength = Math.Clamp(request.CachedPrefixTokenCount, 0, PromptLength);
        Budget = budget;
        Timeout = request.Timeout;
        Tenant = request.Tenant;
        _logProbabilities = new double[budget + 1];
    }

    /// <summary>Gets the bound on completion tokens: the request's, or what fits the slot. The last token is never fed, so it needs no room.</summary>
    public int Budget { get; }

    public int[] EndTokenIds { get; }

    public IGrammarMatcher? Grammar { get; }

    public SamplingOptions Sampling { get; }

    public override int KeptPrefixLength { get; }

    public override string Operation => "text_completion";

    public override int TokenLimit => PromptLength + Budget;

    /// <summary>How long the next draft is.</summary>
    public DraftLength DraftLength;

    /// <summary>Gets or sets where tokens are written as they come, or null.</summary>
    public ChannelWriter<CompletionToken>? Stream { get; set; }

    public Task<Completion> Result => _result.Task;

    public int CompletionLength => Count - PromptLength;

    public int RemainingTokens => Budget - CompletionLength;

    /// <summary>Gets the timestamp of the first completion token; 0 before it.</summary>
    public long FirstTokenAt { get; private set; }

    /// <summary>Gets how many completion tokens the grammar forced so far.</summary>
    public int ForcedTokenCount { get; private set; }

    public static GeneratedSequence Create(
        GenerationRequest request,
        IGrammarMatcher? grammar,
        int slotCapacity,
        IReadOnlyList<int> defaultEndTokenIds,
        CancellationToken cancellationToken)
    {
        var budget = Math.Min(request.MaxCompletionTokens, slotCapacity - request.PromptTokenIds.Count + 1);
        var tokenIds = new int[request.PromptTokenIds.Count + budget];
        for (var i = 0; i < request.PromptTokenIds.Count; i++)
            tokenIds[i] = request.PromptTokenIds[i];
        return new GeneratedSequence(request, grammar, budget, tokenIds, [.. request.EndTokenIds ?? defaultEndTokenIds], cancellationToken);
    }

    public void Append(int tokenId, double logProbability, bool isForced, long now)
    {
        if (CompletionLength == 0)
            FirstTokenAt = now;
        TokenIds[Count++] = tokenId;
        _logProbabilities[_logProbabilityCount++] = logProbability;
        ForcedTokenCount += isForced ? 1 : 0;
        Stream?.TryWrite(new CompletionToken(tokenId, logProbability, isForced));
    }

    /// <summary>Ends the sequence with an end token of the given log-probability.</summary>
    public void Stop(double logProbability, TimeProvider time)
    {
        _logProbabilities[_logProbabilityCount++] = logProbability;
        Complete(FinishReason.Stop, time);
    }

    public void Complete(FinishReason reason, TimeProvider time)
    {
        if (!MarkFinished())
            return;
        var now = time.GetTimestamp();
        var admittedAt = AdmittedAt ?? now;
        var completion = new Completion
        {
            TokenIds = TokenIds[PromptLength..Count],
            FinishReason = reason,
            LogProbabilities = _logProbabilities[.._logProbabilityCount],
            PromptTokenCount = PromptLength,
            CachedPromptTokenCount = ReusedTokenCount,
            ForcedTokenCount = ForcedTokenCount,
            QueueTime = time.GetElapsedTime(SubmittedAt, admittedAt),
            TimeToFirstToken = time.GetElapsedTime(admittedAt, CompletionLength > 0 ? FirstTokenAt : now),
            Duration = time.GetElapsedTime(SubmittedAt, now),
        };
        Stream?.TryComplete();
        _result.TrySetResult(completion);
    }

    protected override void SetException(Exception exception)
    {
        if (exception is OperationCanceledException)
            _result.TrySetCanceled(CancellationToken);
        else
            _result.TrySetException(exception);
        Stream?.TryComplete(exception);
    }
}
