using TaskServices.Inference.Decoding.Automata;
using TaskServices.Inference.Tokenization;

namespace TaskServices.Inference.Decoding.Matching;

/// <summary>A node of the trie: the tokens whose bytes lead here, and where the nodes below end.</summary>
/// <param name="Token">A token with exactly these bytes, or -1.</param>
/// <param name="End">Index behind the last node below this one.</param>
/// <param name="Depth">Bytes from the root.</param>
internal readonly record struct TokenTrieNode(int Token, int End, int Depth, byte Label);

/// <summary>
/// Tokens by their bytes, in depth-first order in one array, so that a walk that finds a byte impossible jumps over
/// everything below it. Immutable.
/// </summary>
internal sealed class TokenTrie
{
    private readonly int[] _sameBytes;

    /// <param name="tokens">The tokens to take in, none of them without bytes. Gets sorted.</param>
    public TokenTrie(ITokenizer tokenizer, int[] tokens)
    {
        Array.Sort(tokens, (left, right) => tokenizer.GetTokenBytes(left).SequenceCompareTo(tokenizer.GetTokenBytes(right)) is var order and not 0
            ? order
            : left.CompareTo(right));
        _sameBytes = new int[tokenizer.VocabularySize];
        _sameBytes.AsSpan().Fill(-1);
        var nodes = new List<TokenTrieNode> { new(-1, 0, 0, 0) };
        var open = new Stack<int>([0]);
        ReadOnlySpan<byte> last = default;
        foreach (var token in tokens)
        {
            var bytes = tokenizer.GetTokenBytes(token);
            var shared = last.CommonPrefixLength(bytes);
            Close(nodes, open, shared);
            if (shared == bytes.Length)
            {
                // Sorted by bytes, so only a token with the same bytes can have come before.
                _sameBytes[token] = nodes[^1].Token;
                nodes[^1] = nodes[^1] with { Token = token };
                continue;
            }

            for (var i = shared; i < bytes.Length; i++)
            {
                open.Push(nodes.Count);
                nodes.Add(new TokenTrieNode(i == bytes.Length - 1 ? token : -1, 0, i + 1, bytes[i]));
            }

            last = bytes;
            MaxDepth = Math.Max(MaxDepth, bytes.Length);
        }

        Close(nodes, open, -1);
        Nodes = [.. nodes];
        ClassesBelow = new ulong[Nodes.Length];
        for (var node = Nodes.Length - 1; node >= 0; node--)
        {
            for (var child = node + 1; child < Nodes[node].End; child = Nodes[child].End)
            {
                ClassesBelow[node] |= ClassesBelow[child] | (1UL << ClassOf(Nodes[child].Label));
            }
        }

        for (var child = 1; child < Nodes.Length; child = Nodes[child].End)
        {
            if (Nodes[child].Token >= 0)
            {
                HasByte[Nodes[child].Label] = true;
            }
        }
    }

    public TokenTrieNode[] Nodes { get; }

    /// <summary>Gets, by node, the classes of all bytes below it, one bit each.</summary>
    public ulong[] ClassesBelow { get; }

    /// <summary>Gets the length in bytes of the longest token.</summary>
    public int MaxDepth { get; }

    /// <summary>Gets, by byte, whether it is a token of its own.</summary>
    public bool[] HasByte { get; } = new bool[256];

    /// <summary>Gets another token with the same bytes, or -1; ends when followed.</summary>
    public int GetSameBytes(int token) => _sameBytes[token];

    /// <summary>Gets the node below another by one byte, or -1.</summary>
    public int FindChild(int node, byte label)
    {
        for (var child = node + 1; child < Nodes[node].End; child = Nodes[child].End)
        {
            if (Nodes[child].Label >= label)
            {
                return Nodes[child].Label == label ? child : -1;
            }
        }

        return -1;
    }

    /// <summary>Groups bytes into at most 64 classes: punctuation, which borders spans, stays apart, and letters are one class.</summary>
    public static int ClassOf(byte value) => (char)value switch
    {
        >= '\x80' => 60 + ((value >> 4) & 3),
        var letter when char.IsAsciiLetter(letter) => 0,
        var digit when char.IsAsciiDigit(digit) => 1,
        var control when char.IsControl(control) => 2,
        var mark when mark <= '/' => 3 + (mark - ' '),
        var mark when mark <= '@' => 19 + (mark - ':'),
        var mark when mark <= '`' => 26 + (mark - '['),
        var mark => 32 + (mark - '{'),
    };

    public static ulong ClassesOf(in ByteSet bytes)
    {
        ulong classes = 0;
        for (var value = 0; value < 256; value++)
        {
            classes |= bytes.Contains((byte)value) ? 1UL << ClassOf((byte)value) : 0;
        }

        return classes;
    }

    private static void Close(List<TokenTrieNode> nodes, Stack<int> open, int depth)
    {
        while (open.Count > depth + 1)
        {
            var node = open.Pop();
            nodes[node] = nodes[node] with { End = nodes.Count };
        }
    }
}
