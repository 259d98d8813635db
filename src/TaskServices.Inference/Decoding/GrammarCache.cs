using System.Diagnostics.CodeAnalysis;
using TaskServices.Inference.Tokenization;

namespace TaskServices.Inference.Decoding;

/// <summary>Compiled grammars by the hash of their text, so that each is compiled once; the least recently used goes first when they are too many or too large.</summary>
/// <remarks>Safe for several threads: of callers with the same new text one compiles and the others wait. Failures are not kept.</remarks>
/// <param name="tokenizer">The model's tokenizer.</param>
/// <param name="capacity">Grammars kept, at least 1.</param>
/// <param name="maxBytes">Memory of all grammars kept (see <see cref="TokenGrammar.Bytes"/>); the one used last stays even if it alone is larger.</param>
public sealed class GrammarCache(
    ITokenizer tokenizer, int capacity = GrammarCache.DefaultCapacity, long maxBytes = GrammarCache.DefaultMaxBytes)
{
    /// <summary>How many grammars are kept where nothing else is said.</summary>
    public const int DefaultCapacity = 32;

    /// <summary>How many bytes are kept where nothing else is said.</summary>
    public const long DefaultMaxBytes = 256L << 20;

    private readonly Lock _gate = new();
    private readonly LinkedList<Entry> _entries = new(); // Most recently used first.
    private readonly Dictionary<string, LinkedListNode<Entry>> _byHash = [];

    /// <summary>Starts a completion inside a grammar, compiling it where it is new.</summary>
    /// <exception cref="GrammarException">The text is not a usable grammar.</exception>
    public IGrammarMatcher CreateMatcher(GrammarText grammar) => Get(grammar).CreateMatcher();

    /// <summary>Gets a compiled grammar, compiling it where it is new.</summary>
    /// <exception cref="GrammarException">The text is not a usable grammar.</exception>
    public TokenGrammar Get(GrammarText grammar)
    {
        ArgumentNullException.ThrowIfNull(grammar);
        var entry = GetEntry(grammar);
        try
        {
            var compiled = entry.Compiled.Value;
            Trim();
            return compiled;
        }
        catch
        {
            Remove(entry);
            throw;
        }
    }

    /// <summary>Finds a grammar that is in the cache by its text's hash.</summary>
    public bool TryFind(string sha256, [NotNullWhen(true)] out GrammarText? grammar)
    {
        lock (_gate)
        {
            grammar = _byHash.GetValueOrDefault(sha256)?.Value.Grammar;
            return grammar is not null;
        }
    }

    private Entry GetEntry(GrammarText grammar)
    {
        var hash = grammar.Sha256;
        lock (_gate)
        {
            if (_byHash.TryGetValue(hash, out var node))
            {
                _entries.Remove(node);
                _entries.AddFirst(node);
                return node.Value;
            }

            if (_entries.Count >= capacity)
            {
                _byHash.Remove(_entries.Last!.Value.Grammar.Sha256);
                _entries.RemoveLast();
            }

            var entry = new Entry(grammar, new(() => new TokenGrammar(Grammar.Parse(grammar.Text), tokenizer)));
            _byHash.Add(hash, _entries.AddFirst(entry));
            return entry;
        }
    }

    private void Trim()
    {
        lock (_gate)
        {
            var bytes = _entries.Sum(entry => entry.Bytes);
            while (bytes > maxBytes && _entries.Count > 1)
            {
                var oldest = _entries.Last!.Value;
                bytes -= oldest.Bytes;
                _byHash.Remove(oldest.Grammar.Sha256);
                _entries.RemoveLast();
            }
        }
    }

    private void Remove(Entry entry)
    {
        lock (_gate)
        {
            if (_byHash.TryGetValue(entry.Grammar.Sha256, out var node) && ReferenceEquals(node.Value, entry))
            {
                _entries.Remove(node);
                _byHash.Remove(entry.Grammar.Sha256);
            }
        }
    }

    private sealed record Entry(GrammarText Grammar, Lazy<TokenGrammar> Compiled)
    {
        /// <summary>Gets the memory of the grammar as it has grown so far.</summary>
        public long Bytes => Compiled.IsValueCreated ? Compiled.Value.Bytes : 0;
    }
}
