using System.Diagnostics.CodeAnalysis;
using TaskServices.Inference.Tokenization;

namespace TaskServices.Inference.Decoding;

/// <summary>Compiled grammars by the hash of their text, so that each is compiled once; the least recently used goes first.</summary>
/// <remarks>Safe for several threads: of callers with the same new text one compiles and the others wait. Failures are not kept.</remarks>
/// <param name="tokenizer">The model's tokenizer.</param>
/// <param name="capacity">Grammars kept, at least 1. One can grow to about 50 MB (see <see cref="TokenGrammar"/>).</param>
public sealed class GrammarCache(ITokenizer tokenizer, int capacity = GrammarCache.DefaultCapacity)
{
    /// <summary>How many grammars are kept where nothing else is said.</summary>
    public const int DefaultCapacity = 32;

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
            return entry.Compiled.Value;
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

    private sealed record Entry(GrammarText Grammar, Lazy<TokenGrammar> Compiled);
}
