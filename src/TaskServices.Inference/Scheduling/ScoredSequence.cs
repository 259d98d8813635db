namespace TaskServices.Inference.Scheduling;

/// <summary>A prompt whose given continuations the model scores.</summary>
internal sealed class ScoredSequence(int[] tokenIds, int promptLength, int[][] continuations, CancellationToken cancellationToken)
    : Sequence(tokenIds, promptLength, cancellationToken)
{
    private readonly TaskCompletionSource<IReadOnlyList<double>> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public int[][] Continuations { get; } = continuations;

    /// <summary>Gets the summed log-probabilities so far.</summary>
    public double[] Scores { get; } = new double[continuations.Length];

    /// <summary>Gets or sets the continuation that is being scored.</summary>
    public int Current { get; set; }

    public override int TokenLimit { get; } = promptLength + continuations.Sum(continuation => continuation.Length);

    public override string Operation => "score";

    public override int TokensToRun => TokenLimit;

    public Task<IReadOnlyList<double>> Result => _result.Task;

    public static ScoredSequence Create(IReadOnlyList<int> prompt, int[][] continuations, CancellationToken cancellationToken)
    {
        var tokenIds = new int[prompt.Count + continuations.Max(c => c.Length)];
        for (var i = 0; i < prompt.Count; i++)
            tokenIds[i] = prompt[i];
        return new ScoredSequence(tokenIds, prompt.Count, continuations, cancellationToken);
    }

    public void Complete()
    {
        if (MarkFinished())
            _result.TrySetResult(Scores);
    }

    protected override void SetException(Exception exception)
    {
        if (exception is OperationCanceledException)
            _result.TrySetCanceled(CancellationToken);
        else
            _result.TrySetException(exception);
    }
}
