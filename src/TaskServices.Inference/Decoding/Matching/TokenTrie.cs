using TaskServices.Inference.Decoding.Automata;
using TaskServices.Inference.Tokenization;

namespace TaskServices.Inference.Decoding.Matching;

/// <summary>A node of the trie; its children are the nodes from its first child to the first child of the node behind it.</summary>
/// <param name="Token">A token with exactly these bytes, or -1.</param>
internal readonly record struct TokenTrieNode(int Token, int FirstChild);

/// <summary>
/// Tokens by their bytes, laid out breadth first: the children of a node are neighbours, so that a walk finds the few that a grammar
/// takes in one or two lines of the processor's cache. Immutable.
/// </summary>
internal sealed class TokenTrie
{
    /// <summary>The node of no bytes.</summary>
    public const int Root = 0;

    private readonly TokenTrieNode[] _nodes;
    private readonly byte[] _labels;
    private readonly ulong[] _classes;
    private readonly int[] _sameBytes;

    /// <param name="tokens">The tokens to take in, none of them without bytes. Gets sorted.</param>
    public TokenTrie(ITokenizer tokenizer, int[] tokens)
    {
        Array.Sort(tokens, (left, right) => tokenizer.GetTokenBytes(left).SequenceCompareTo(tokenizer.GetTokenBytes(right)) is var order and not 0
            ? order
            : left.CompareTo(right));
        _sameBytes = new int[tokenizer.VocabularySize];
        _sameBytes.AsSpan().Fill(-1);
        List<byte> labels = [0];
        List<TokenTrieNode> nodes = [];

        // A node is a run of tokens with a common beginning; the queue holds the runs in the order of the nodes.
        var runs = new Queue<(int Begin, int End, int Depth)>([(0, tokens.Length, 0)]);
        while (runs.TryDequeue(out var run))
        {
            var (token, begin) = (-1, run.Begin);
            for (; begin < run.End && tokenizer.GetTokenBytes(tokens[begin]).Length == run.Depth; begin++)
            {
                _sameBytes[tokens[begin]] = token;
                token = tokens[begin];
            }

            nodes.Add(new TokenTrieNode(token, labels.Count));
            MaxDepth = run.Depth;
            while (begin < run.End)
            {
                var label = tokenizer.GetTokenBytes(tokens[begin])[run.Depth];
                var end = begin + 1;
                while (end < run.End && tokenizer.GetTokenBytes(tokens[end])[run.Depth] == label)
                {
                    end++;
                }

                labels.Add(label);
                runs.Enqueue((begin, end, run.Depth + 1));
                begin = end;
            }
        }

        nodes.Add(new TokenTrieNode(-1, labels.Count));
        (_nodes, _labels) = ([.. nodes], [.. labels]);
        _classes = CollectClasses();
        foreach (var child in GetChildren(Root))
        {
            HasByte[_labels[child]] = _nodes[child].Token >= 0;
        }
    }

    /// <summary>Gets the length in bytes of the longest token.</summary>
    public int MaxDepth { get; }

    /// <summary>Gets, by byte, whether it is a token of its own.</summary>
    public bool[] HasByte { get; } = new bool[256];

    /// <summary>Gets the token with exactly the bytes of a node, or -1.</summary>
    public int GetToken(int node) => _nodes[node].Token;

    /// <summary>Sets the bits of a token and of all others with the same bytes.</summary>
    public void Allow(int token, Span<ulong> mask)
    {
        for (var same = token; same >= 0; same = _sameBytes[same])
        {
            mask[same >> 6] |= 1UL << (same & 63);
        }
    }

    /// <summary>Gets the nodes one byte below, in the order of their labels.</summary>
    public NodeRange GetChildren(int node) => new(_nodes[node].FirstChild, _nodes[node + 1].FirstChild);

    /// <summary>Gets the last byte of a node.</summary>
    public byte GetLabel(int node) => _labels[node];

    /// <summary>Gets the classes of a node's last byte and of all bytes below it, one bit each.</summary>
    public ulong GetClasses(int node) => _classes[node];

    /// <summary>Gets the node below another by one byte, or -1.</summary>
    public int FindChild(int node, byte label)
    {
        var (first, end) = GetChildren(node);
        var offset = _labels.AsSpan(first, end - first).IndexOf(label);
        return offset < 0 ? -1 : first + offset;
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

    private ulong[] CollectClasses()
    {
        var classes = new ulong[_labels.Length];
        for (var node = classes.Length - 1; node >= 0; node--)
        {
            classes[node] = 1UL << ClassOf(_labels[node]);
            foreach (var child in GetChildren(node))
            {
                classes[node] |= classes[child];
            }
        }

        return classes;
    }
}

/// <summary>Nodes that are neighbours.</summary>
internal readonly record struct NodeRange(int First, int End)
{
    public Enumerator GetEnumerator() => new(First, End);

    public struct Enumerator(int first, int end)
    {
        private int _next = first;

        public int Current { get; private set; }

        public bool MoveNext()
        {
            Current = _next;
            return _next++ < end;
        }
    }
}
