using TaskServices.Inference.Decoding.Automata;
using TaskServices.Inference.Decoding.Matching;
using TaskServices.Inference.Tokenization;

namespace TaskServices.Inference.Decoding;

/// <summary>A grammar bound to a tokenizer: makes matchers, which share masks and everything else that can be shared.</summary>
/// <remarks>Safe for several threads. Keeps up to about 50 MB of states and masks; keep one for each grammar in use.</remarks>
public sealed class TokenGrammar
{
    private const long DefaultMaxBytes = 48L << 20;
    private const long PreparationWork = 2_000_000;

    private readonly TokenDistances _distances;
    private readonly SpanMasks _spans;
    private readonly long _maxBytes;
    private MatcherStates _states;

    /// <summary>Binds a grammar to a tokenizer; cheap when the tokenizer was used before.</summary>
    /// <exception cref="GrammarException">GRAMMAR_TOKENIZER_MISMATCH: the tokenizer cannot write any sentence of the grammar.</exception>
    public TokenGrammar(Grammar grammar, ITokenizer tokenizer)
        : this(grammar, tokenizer, DefaultMaxBytes)
    {
    }

    /// <param name="maxBytes">Memory of states and masks from which on new ones are not kept, and new matchers start with none.</param>
    internal TokenGrammar(Grammar grammar, ITokenizer tokenizer, long maxBytes)
    {
        ArgumentNullException.ThrowIfNull(grammar);
        ArgumentNullException.ThrowIfNull(tokenizer);
        (Grammar, Tokenizer) = (grammar, tokenizer);
        Vocabulary = SlicedVocabulary.For(tokenizer);
        _distances = new TokenDistances(grammar, Vocabulary.Trie);
        _maxBytes = maxBytes;
        _spans = new SpanMasks(grammar, Vocabulary.Trie, _distances, tokenizer.VocabularySize);
        _states = new MatcherStates(grammar, _distances, _spans, maxBytes);
        ShortestCompletionTokens = _states.Initial.Distance;
        if (ShortestCompletionTokens >= GrammarFacts.Unreachable)
        {
            throw new GrammarException(
                "GRAMMAR_TOKENIZER_MISMATCH", "The tokenizer lacks tokens for bytes that every sentence of the grammar needs; use another grammar or model.");
        }

        Prepare();
    }

    public Grammar Grammar { get; }

    public ITokenizer Tokenizer { get; }

    /// <summary>Gets a token limit that some sentence is sure to fit, close to the shortest; a smaller one is refused.</summary>
    public int ShortestCompletionTokens { get; }

    /// <summary>Gets the memory of automata, states and masks in bytes, to within a factor of about two.</summary>
    public long Bytes => Grammar.Bytes + _spans.Bytes + Volatile.Read(ref _states).Bytes;

    internal SlicedVocabulary Vocabulary { get; }

    /// <summary>Starts a completion.</summary>
    public IGrammarMatcher CreateMatcher()
    {
        var states = Volatile.Read(ref _states);
        if (states.IsFull)
        {
            // Matchers under way keep the old states; they are collected with the last of them.
            states = new MatcherStates(Grammar, _distances, _spans, _maxBytes);
            Volatile.Write(ref _states, states);
        }

        return new GrammarMatcher(this, states);
    }

    /// <summary>Makes what most masks share; a grammar too complex for that is left to its completions, which have budgets of their own.</summary>
    private void Prepare()
    {
        try
        {
            new MaskWriter(Vocabulary, _states, new ConfigurationStepper(_states.Pool) { RemainingWork = PreparationWork }).Prepare(Grammar);
        }
        catch (GrammarException error) when (error.Reason == "GRAMMAR_TOO_COMPLEX")
        {
        }
    }
}
