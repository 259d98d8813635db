namespace TaskServices.Inference.Tokenization.Splitting;

/// <summary>Makes pieces of a text from the matches of a pattern, as a <see cref="SplitBehavior"/> says.</summary>
internal ref struct PieceAssembler(ReadOnlySpan<char> text, bool atStart, SplitBehavior behavior, bool invert, EncodingStep next)
{
    private readonly ReadOnlySpan<char> _text = text;
    private int _pieceStart = -1;
    private int _end;
    private bool _pieceIsMatch;

    /// <summary>Adds a match that follows the ones before it; empty ones are ignored.</summary>
    public void AddMatch(int start, int end, ref TokenBuffer tokens)
    {
        if (end <= start)
            return;
        Add(start, isMatch: false, ref tokens);
        Add(end, isMatch: true, ref tokens);
    }

    /// <summary>Adds what follows the last match and hands the last piece on.</summary>
    public void Complete(ref TokenBuffer tokens)
    {
        Add(_text.Length, isMatch: false, ref tokens);
        Flush(ref tokens);
    }

    private void Add(int end, bool isMatch, ref TokenBuffer tokens)
    {
        if (end == _end)
            return;
        isMatch ^= invert;
        if (!Extends(isMatch))
        {
            Flush(ref tokens);
            _pieceStart = behavior is SplitBehavior.Removed && isMatch ? -1 : _end;
        }

        _pieceIsMatch = isMatch;
        _end = end;
    }

    private readonly bool Extends(bool isMatch) => _pieceStart >= 0 && behavior switch
    {
        SplitBehavior.MergedWithPrevious => isMatch && !_pieceIsMatch,
        SplitBehavior.MergedWithNext => !isMatch && _pieceIsMatch,
        SplitBehavior.Contiguous => isMatch == _pieceIsMatch,
        _ => false,
    };

    private void Flush(ref TokenBuffer tokens)
    {
        if (_pieceStart >= 0)
            next.Encode(_text[_pieceStart.._end], atStart && _pieceStart == 0, ref tokens);
        _pieceStart = -1;
    }
}
