using System.Buffers;

namespace TaskServices.Inference.Tokenization;

/// <summary>A token that is looked for in the text before anything else.</summary>
/// <param name="Id">The token's ID.</param>
/// <param name="Text">What it looks like in the text, after normalization where it is matched there. Not empty.</param>
/// <param name="IsControl">Whether it is made only where special tokens are parsed.</param>
/// <param name="StripLeft">Whether it swallows the white space before it.</param>
/// <param name="StripRight">Whether it swallows the white space after it.</param>
/// <param name="SingleWord">Whether it must not touch a letter, digit or underscore.</param>
internal sealed record AddedToken(
    int Id, string Text, bool IsControl, bool StripLeft = false, bool StripRight = false, bool SingleWord = false);

/// <summary>Finds the leftmost, longest added token of a text. Time is bounded by text length times longest token.</summary>
internal sealed class AddedTokenTrie
{
    private readonly Dictionary<(int Node, char Next), int> _edges = [];
    private readonly Dictionary<int, AddedToken> _tokens = [];
    private readonly SearchValues<char> _firstCharacters;

    public AddedTokenTrie(IReadOnlyCollection<AddedToken> tokens)
    {
        foreach (var token in tokens)
        {
            var node = 0;
            foreach (var c in token.Text)
            {
                if (!_edges.TryGetValue((node, c), out var next))
                    _edges.Add((node, c), next = _edges.Count + 1);
                node = next;
            }

            _tokens[node] = token;
        }

        _firstCharacters = SearchValues.Create([.. tokens.Select(token => token.Text[0]).Distinct()]);
    }

    /// <summary>Finds the next added token at or after <paramref name="from"/>; null where there is none.</summary>
    /// <param name="position">Where the token begins.</param>
    public AddedToken? Find(ReadOnlySpan<char> text, int from, bool includeControl, out int position)
    {
        for (position = from; position < text.Length; position++)
        {
            var skipped = text[position..].IndexOfAny(_firstCharacters);
            if (skipped < 0)
                break;
            position += skipped;
            if (LongestAt(text[position..], includeControl) is { } token)
                return token;
        }

        return null;
    }

    private AddedToken? LongestAt(ReadOnlySpan<char> text, bool includeControl)
    {
        AddedToken? longest = null;
        var node = 0;
        foreach (var c in text)
        {
            if (!_edges.TryGetValue((node, c), out node))
                break;
            if (_tokens.TryGetValue(node, out var token) && (includeControl || !token.IsControl))
                longest = token;
        }

        return longest;
    }
}
