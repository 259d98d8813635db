using System.Diagnostics;
using TaskServices.Inference.Adapters;

namespace TaskServices.Inference.Scheduling;

/// <summary>One sequence of tokens on its way through the engine.</summary>
/// <remarks>After submission only the engine's thread touches it, but for cancellation while it still waits in the queue.</remarks>
internal abstract class Sequence(int[] tokenIds, int promptLength, CancellationToken cancellationToken)
{
    private CancellationTokenRegistration _cancellation;

    /// <summary>
    /// Gets the prompt, then what followed, then room. A slot that still holds the sequence's KV refers to this array, so tokens whose
    /// KV is counted as held are never changed.
    /// </summary>
    public int[] TokenIds { get; } = tokenIds;

    public int PromptLength { get; } = promptLength;

    /// <summary>Gets or sets how many of <see cref="TokenIds"/> are set.</summary>
    public int Count { get; set; } = promptLength;

    /// <summary>Gets or sets the KV slot, or -1.</summary>
    public int Slot { get; set; } = -1;

    /// <summary>Gets or sets how many prompt tokens' KV was reused.</summary>
    public int ReusedTokenCount { get; set; }

    /// <summary>Gets or sets the adapter version that the sequence holds until its end; null is the base model.</summary>
    public LoadedAdapter? Adapter { get; set; }

    /// <summary>Gets or sets the first sequence of those submitted together that share a prompt; null for a sequence alone.</summary>
    public Sequence? Group { get; set; }

    /// <summary>Gets who asks, or null.</summary>
    public string? Tenant { get; init; }

    /// <summary>Gets or sets the place in the queue among those of all tenants.</summary>
    public long Place { get; set; }

    /// <summary>Gets how many tokens the sequence may use, for the queue's fairness.</summary>
    public abstract int TokenLimit { get; }

    /// <summary>Gets how many tokens have to be run before the first choice.</summary>
    public virtual int TokensToRun => Count;

    /// <summary>Gets or sets the submission's timestamp.</summary>
    public long SubmittedAt { get; set; }

    /// <summary>Gets or sets the timestamp at which the sequence got a slot, or null while it waits.</summary>
    public long? AdmittedAt { get; set; }

    /// <summary>Gets or sets the timestamp of the prefill's end, or null before it.</summary>
    public long? PrefilledAt { get; set; }

    /// <summary>Gets or sets the time of model runs that the sequence took part in, shared evenly by the rows of a run.</summary>
    public TimeSpan ModelTime { get; set; }

    /// <summary>Gets or sets the request's span; null where nobody listens.</summary>
    public Activity? Span { get; set; }

    /// <summary>Gets the operation's name in metrics and spans.</summary>
    public abstract string Operation { get; }

    /// <summary>Gets or sets the longest time from submission to the end, or null.</summary>
    public TimeSpan? Timeout { get; init; }

    public CancellationToken CancellationToken { get; } = cancellationToken;

    public bool IsFinished { get; private set; }

    /// <summary>Gets how many first prompt tokens are worth keeping in the prefix cache.</summary>
    public virtual int KeptPrefixLength => 0;

    /// <summary>Calls back as soon as the caller cancels, until the end. Set before other threads see the sequence.</summary>
    public void OnCancelled(Action<Sequence> callback) =>
        _cancellation = CancellationToken.UnsafeRegister(_ => callback(this), null);

    /// <summary>Stops the call back of a sequence that was refused.</summary>
    public void Abandon() => _cancellation.Unregister();

    /// <summary>Ends the sequence with an error. An <see cref="OperationCanceledException"/> cancels it.</summary>
    public void Fail(Exception exception)
    {
        if (!MarkFinished())
            return;
        SetException(exception);
    }

    protected bool MarkFinished()
    {
        if (IsFinished)
            return false;
        IsFinished = true;
        _cancellation.Unregister();
        Adapter?.Release(1);
        return true;
    }

    protected abstract void SetException(Exception exception);
}
