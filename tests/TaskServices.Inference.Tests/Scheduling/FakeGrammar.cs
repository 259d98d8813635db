using System.Globalization;
using TaskServices.Inference.Decoding;

namespace TaskServices.Inference.Tests.Scheduling;

/// <summary>
/// A grammar over positions: at position p a token of p's class modulo 3, at some positions one token only; sentences have lengths that
/// are multiples of 4, up to a bound.
/// </summary>
internal sealed class FakeGrammar(int longest, bool offersForced = true) : IGrammarMatcher
{
    private int _position;

    public bool CanEnd => _position % 4 == 0;

    public bool MustEnd => _position == longest;

    public int MaskCount { get; private set; }

    public bool Allows(int tokenId, int remainingTokens)
    {
        if (tokenId == 0)
            return CanEnd;
        var shortestAfter = (3 - (_position % 4)) % 4;
        var fits = CanEnd || remainingTokens >= 1 + shortestAfter;
        if (CanEnd && remainingTokens < 4)
            return false;
        return fits && !MustEnd && (Forced(_position) is { } forced ? tokenId == forced : tokenId % 3 == _position % 3);
    }

    public bool WriteMask(int remainingTokens, Span<ulong> mask)
    {
        MaskCount++;
        mask.Clear();
        for (var tokenId = 0; tokenId < FakeModelSession.DefaultVocabularySize; tokenId++)
        {
            if (Allows(tokenId, remainingTokens))
                mask[tokenId / 64] |= 1UL << (tokenId % 64);
        }

        return false;
    }

    public int CountAllowed(ReadOnlySpan<int> tokenIds, int remainingTokens)
    {
        var (position, count) = (_position, 0);
        for (; count < tokenIds.Length && tokenIds[count] != 0 && Allows(tokenIds[count], remainingTokens - count); count++)
            _position++;
        _position = position;
        return count;
    }

    public void Accept(int tokenId)
    {
        if (tokenId == 0 || !Allows(tokenId, int.MaxValue))
            throw new InvalidOperationException($"Token {tokenId} is not allowed at {_position}.");
        _position++;
    }

    /// <summary>Writes the grammar as requests carry it.</summary>
    public static GrammarText Text(int longest) => new(longest.ToString(CultureInfo.InvariantCulture));

    public static IGrammarMatcher Create(GrammarText text) => new FakeGrammar(int.Parse(text.Text, CultureInfo.InvariantCulture));

    public IReadOnlyList<int> GetForcedTokens()
    {
        List<int> forced = [];
        for (var position = _position; offersForced && position < longest && Forced(position) is { } tokenId; position++)
            forced.Add(tokenId);
        return forced;
    }

    private static int? Forced(int position) => position % 4 != 0 && position % 8 is 2 or 3 or 5 or 6 or 7 ? 10 + (position % 50) : null;
}
