namespace TaskServices.Inference.Scheduling;

/// <summary>How many tokens a sequence's next draft has: more while drafts are right, fewer and later ones while they are wrong.</summary>
/// <remarks>It depends on the sequence's own drafts alone, so speculation does not make a result depend on other requests.</remarks>
internal struct DraftLength(int longest)
{
    private const int First = 4;
    private const int LongestPause = 8;

    private int _length = Math.Min(First, longest);
    private int _pause;
    private int _nextAt;

    /// <summary>Gets the most tokens to draft for a sequence of some length now.</summary>
    public readonly int At(int count) => count < _nextAt ? 0 : _length;

    /// <summary>Learns from a draft.</summary>
    /// <param name="count">The sequence's length after it.</param>
    public void Adapt(int drafted, int accepted, int count)
    {
        if (accepted == drafted)
            _length = Math.Min(longest, _length * 2);
        else
            _length = Math.Max(1, accepted + 1);
        _pause = accepted > 0 ? 0 : Math.Min(LongestPause, Math.Max(1, _pause * 2));
        _nextAt = count + _pause;
    }
}
