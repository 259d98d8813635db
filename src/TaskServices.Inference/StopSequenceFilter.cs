namespace TaskServices.Inference;

/// <summary>Passes text on up to the first stop sequence, and holds back an end that might begin one.</summary>
/// <remarks>One instance serves one text; not safe for use from several threads.</remarks>
/// <param name="stopSequences">Compared by code units; empty ones are ignored.</param>
public sealed class StopSequenceFilter(IReadOnlyList<string> stopSequences)
{
    private string _held = "";

    /// <summary>Gets whether a stop sequence was found; nothing passes from then on.</summary>
    public bool IsStopped { get; private set; }

    /// <summary>Adds text and gets what is certainly outside any stop sequence.</summary>
    public string Add(string text)
    {
        if (IsStopped)
            return "";
        _held += text;
        var stop = -1;
        var keep = 0;
        foreach (var sequence in stopSequences)
        {
            if (sequence.Length == 0)
                continue;
            var found = _held.IndexOf(sequence, StringComparison.Ordinal);
            if (found >= 0 && (stop < 0 || found < stop))
                stop = found;
            keep = Math.Max(keep, Overlap(sequence));
        }

        IsStopped = stop >= 0;
        var length = IsStopped ? stop : _held.Length - keep;
        var passed = _held[..length];
        _held = IsStopped ? "" : _held[length..];
        return passed;
    }

    /// <summary>Gets what was held back, at the end of the text.</summary>
    public string Complete() => _held;

    private int Overlap(string sequence)
    {
        for (var length = Math.Min(sequence.Length - 1, _held.Length); length > 0; length--)
        {
            if (_held.EndsWith(sequence[..length], StringComparison.Ordinal))
                return length;
        }

        return 0;
    }
}
