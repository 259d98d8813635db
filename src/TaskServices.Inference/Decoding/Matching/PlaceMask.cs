using System.Numerics;
using System.Numerics.Tensors;
using TaskServices.Inference.Decoding.Automata;

namespace TaskServices.Inference.Decoding.Matching;

/// <summary>
/// The tokens that begin with a byte of one automaton state, as far as they do not reach behind the automaton's end: they are allowed
/// whatever calls the state stands on. Y. Dong et al., XGrammar (2024), section 3.1, calls them context-independent.
/// </summary>
/// <remarks>Immutable.</remarks>
internal sealed class PlaceMask
{
    private const int MaxListed = 512;

    private readonly int[] _tokens = []; // A few as a list, many as bits.
    private readonly ulong[] _words = [];

    private readonly ByteSet _bytesAtExits;

    /// <param name="words">One bit a token; kept.</param>
    /// <param name="maxDistance">The largest distance from a token's end to the automaton's.</param>
    /// <param name="exits">Nodes of the trie where the automaton may end and longer tokens go on.</param>
    public PlaceMask(TokenTrie trie, ulong[] words, int maxDistance, IReadOnlyCollection<int> exits)
    {
        (MaxDistance, Exits) = (maxDistance, [.. exits]);
        foreach (var exit in Exits)
        {
            foreach (var child in trie.GetChildren(exit))
            {
                _bytesAtExits.Add(trie.GetLabel(child));
            }
        }

        if (words.Sum(BitOperations.PopCount) is var count && count > MaxListed)
        {
            _words = words;
            return;
        }

        _tokens = new int[count];
        var next = 0;
        for (var i = 0; i < words.Length; i++)
        {
            for (var rest = words[i]; rest != 0; rest &= rest - 1)
            {
                _tokens[next++] = (i << 6) + BitOperations.TrailingZeroCount(rest);
            }
        }
    }

    /// <summary>Stands for a place that most tokens can leave, such as one inside a called regex of any text: it has no mask of its own.</summary>
    public static PlaceMask None { get; } = new(null!, [], GrammarFacts.Unreachable, []);

    public int MaxDistance { get; }

    public int[] Exits { get; }

    /// <summary>Gets the memory it holds, in bytes, approximately.</summary>
    public long Bytes => 200 + (4L * (_tokens.Length + Exits.Length)) + (8L * _words.Length);

    /// <summary>Gets whether a token that leaves the automaton may go on with one of these bytes.</summary>
    public bool CanLeaveWith(in ByteSet bytes) => _bytesAtExits.Overlaps(bytes);

    /// <summary>Sets the bits of the tokens.</summary>
    public void AddTo(Span<ulong> mask)
    {
        foreach (var token in _tokens)
        {
            mask[token >> 6] |= 1UL << (token & 63);
        }

        if (_words.Length > 0)
        {
            TensorPrimitives.BitwiseOr(_words, mask[.._words.Length], mask[.._words.Length]);
        }
    }
}
