using TaskServices.Inference.Tokenization;

namespace TaskServices.Inference.Decoding;

/// <summary>
/// Keeps the grammars of one tokenizer that were used last, by <see cref="Grammar.ContentHash"/>, so that requests that carry a grammar
/// as text share its states and masks.
/// </summary>
/// <remarks>Safe for several threads: a grammar that several ask for at once is compiled once. Failures are not kept.</remarks>
/// <param name="maxBytes">Memory of all grammars kept; the one used last stays even if it is larger by itself.</param>
public sealed class TokenGrammarCache(ITokenizer tokenizer, long maxBytes = TokenGrammarCache.DefaultMaxBytes)
{
    public const long DefaultMaxBytes = 256L << 20;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, LinkedListNode<Entry>> _ofHash = new(StringComparer.Ordinal);
    private readonly LinkedList<Entry> _byUse = new();

    /// <summary>Gets how many grammars are kept.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _ofHash.Count;
            }
        }
    }

    /// <summary>Gets the memory of the grammars kept, in bytes, to within a factor of about two.</summary>
    public long Bytes
    {
        get
        {
            lock (_lock)
            {
                return _byUse.Sum(entry => entry.Bytes);
            }
        }
    }

    /// <summary>Gets a grammar that is kept.</summary>
    public bool TryGet(string contentHash, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out TokenGrammar? grammar)
    {
        ArgumentNullException.ThrowIfNull(contentHash);
        lock (_lock)
        {
            grammar = _ofHash.TryGetValue(contentHash, out var node) && node.Value.Compiled.IsValueCreated ? Touch(node).Compiled.Value : null;
            return grammar is not null;
        }
    }

    /// <summary>Gets the grammar of a text, compiled now where it is not kept.</summary>
    /// <exception cref="GrammarException">As from <see cref="Grammar.Parse"/> and <see cref="TokenGrammar"/>.</exception>
    public TokenGrammar GetOrAdd(string text)
    {
        var hash = Grammar.HashOf(text);
        Entry entry;
        lock (_lock)
        {
            if (!_ofHash.TryGetValue(hash, out var node))
            {
                node = new LinkedListNode<Entry>(new Entry(hash, new(() => new TokenGrammar(Grammar.Parse(text), tokenizer))));
                _byUse.AddFirst(node);
                _ofHash.Add(hash, node);
            }

            entry = Touch(node);
        }

        try
        {
            var grammar = entry.Compiled.Value;
            Trim();
            return grammar;
        }
        catch (GrammarException)
        {
            lock (_lock)
            {
                Remove(hash, entry);
            }

            throw;
        }
    }

    private void Trim()
    {
        lock (_lock)
        {
            var bytes = _byUse.Sum(entry => entry.Bytes);
            while (bytes > maxBytes && _byUse.Count > 1)
            {
                var oldest = _byUse.Last!.Value;
                bytes -= oldest.Bytes;
                Remove(oldest.Hash, oldest);
            }
        }
    }

    private Entry Touch(LinkedListNode<Entry> node)
    {
        _byUse.Remove(node);
        _byUse.AddFirst(node);
        return node.Value;
    }

    private void Remove(string hash, Entry entry)
    {
        if (_ofHash.TryGetValue(hash, out var node) && node.Value == entry)
        {
            _ofHash.Remove(hash);
            _byUse.Remove(node);
        }
    }

    private sealed record Entry(string Hash, Lazy<TokenGrammar> Compiled)
    {
        public long Bytes => Compiled.IsValueCreated ? Compiled.Value.Bytes : 0;
    }
}
