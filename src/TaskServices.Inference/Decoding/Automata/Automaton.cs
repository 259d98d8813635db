namespace TaskServices.Inference.Decoding.Automata;

/// <summary>A call of another automaton: follow <see cref="Callee"/>, then go on in <see cref="ReturnState"/> of the caller.</summary>
/// <param name="IsTail">Nothing can follow in the caller, so that its frame need not be kept: right recursion stays flat.</param>
internal readonly record struct Call(Automaton Callee, int ReturnState, bool IsTail);

/// <summary>
/// A deterministic byte automaton for one rule or terminal. Rules also have calls; what follows a callee is itself a single state, as
/// in an LR automaton, so that alternatives with a common beginning share one stack.
/// </summary>
/// <remarks>Safe for several threads. States are small integers, 0 the start. From every state an end can be reached.</remarks>
internal abstract class Automaton(int index)
{
    public const int Start = 0;

    private readonly ByteSet _firstBytes;

    /// <summary>What <see cref="Step"/> returns where a byte is not possible.</summary>
    public const int Dead = -1;

    /// <summary>Gets the place in <see cref="Grammar.Automata"/>.</summary>
    public int Index { get; } = index;

    /// <summary>Gets the length in bytes of the shortest sentence.</summary>
    public int MinimumBytes { get; protected init; }

    /// <summary>Gets the bytes that a sentence of at least one byte can begin with, calls included.</summary>
    public ByteSet FirstBytes
    {
        get => _firstBytes;
        protected init => _firstBytes = value;
    }

    /// <summary>Gets the memory it holds, in bytes, approximately; that of states made as they are needed aside.</summary>
    public abstract long Bytes { get; }

    /// <summary>Gets whether <see cref="FirstBytes"/> has a byte.</summary>
    public bool CanBeginWith(byte value) => _firstBytes.Contains(value);

    /// <summary>Follows one byte within this automaton, calls aside.</summary>
    public abstract int Step(int state, byte value);

    /// <summary>Gets whether a sentence may end here. Says nothing about the start: the caller skips an empty callee by itself.</summary>
    public abstract bool IsAccepting(int state);

    /// <summary>Gets whether any byte or call leads on from here.</summary>
    public abstract bool HasContinuation(int state);

    /// <summary>Gets the bytes possible from here, calls included.</summary>
    public abstract ByteSet GetBytes(int state);

    /// <summary>Gets the calls possible here, each callee once.</summary>
    public virtual ReadOnlySpan<Call> GetCalls(int state) => default;
}
