using TaskServices.Inference.Decoding.Automata;

namespace TaskServices.Inference.Decoding.Matching;

/// <summary>
/// Finds the tokens that lie inside a text copied by <c>substring_of</c>. The beginning of a span takes every token that occurs in the text,
/// whatever the grammar around it, so that its mask is made when the grammar is bound, and all spans of a text share it.
/// </summary>
/// <remarks>Safe for several threads.</remarks>
internal sealed class SpanMasks
{
    private const int MaxTexts = 16;

    private readonly TokenTrie _trie;
    private readonly TokenDistances _distances;
    private readonly Dictionary<SubstringAutomaton, CachedMask> _begun = [];

    public SpanMasks(Grammar grammar, TokenTrie trie, TokenDistances distances, int vocabularySize)
    {
        (_trie, _distances) = (trie, distances);
        foreach (var text in grammar.Automata.OfType<SubstringAutomaton>().Take(MaxTexts))
        {
            var words = new ulong[(vocabularySize + 63) / 64];
            _begun[text] = new CachedMask(words, Walk(text, Automaton.Start, distanceAfter: 0, int.MaxValue, words, out _));
        }
    }

    /// <summary>Gets the memory of the masks in bytes.</summary>
    public long Bytes => _begun.Values.Sum(mask => 8L * mask.Words.Length);

    /// <summary>Writes the mask of the tokens inside a span.</summary>
    /// <param name="maxDistance">Tokens after which the sentence needs more than this are left out.</param>
    /// <param name="visits">Places of the text that were looked at.</param>
    /// <returns>The largest distance after a token of the mask, or a bound on it.</returns>
    public int Write(OpenSpan span, int maxDistance, Span<ulong> mask, out int visits)
    {
        if (span.State == Automaton.Start && _begun.TryGetValue(span.Automaton, out var begun)
            && begun.MaxDistance + span.DistanceAfter is var largest && largest <= maxDistance && largest < GrammarFacts.Unreachable)
        {
            begun.Words.CopyTo(mask);
            visits = 0;
            return largest;
        }

        mask.Clear();
        return Walk(span.Automaton, span.State, span.DistanceAfter, maxDistance, mask, out visits);
    }

    private int Walk(SubstringAutomaton text, int from, int distanceAfter, int maxDistance, Span<ulong> mask, out int visits)
    {
        var largest = 0;
        var open = new Stack<(int Node, int State)>([(TokenTrie.Root, from)]);
        visits = 0;
        while (open.TryPop(out var place))
        {
            // A place in a text has few bytes behind it; a node of the trie has many.
            var (labels, targets, first, end) = text.GetEdges(place.State);
            for (var edge = first; edge < end; edge++, visits++)
            {
                var node = _trie.FindChild(place.Node, labels[edge]);
                if (node < 0)
                {
                    continue;
                }

                var distance = _distances.Get(text, targets[edge]) + distanceAfter;
                if (_trie.GetToken(node) is var token and >= 0 && distance <= maxDistance && distance < GrammarFacts.Unreachable)
                {
                    largest = Math.Max(largest, distance);
                    _trie.Allow(token, mask);
                }

                open.Push((node, targets[edge]));
            }
        }

        return largest;
    }
}
