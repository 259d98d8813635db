using System.Runtime.CompilerServices;
using System.Text;
using TaskServices.Inference.Decoding.Syntax;
using TaskServices.Inference.Tokenization;

namespace TaskServices.Inference.Decoding.Matching;

/// <summary>A tokenizer's tokens, laid out for masks. Built once for each tokenizer; immutable.</summary>
internal sealed class SlicedVocabulary
{
    private const int MaxSliceCharacters = 16;
    private static readonly ConditionalWeakTable<ITokenizer, SlicedVocabulary> Known = [];

    // Text that strings of JSON, of SQL and of most other languages take as it is; and words, which narrower classes take too.
    private static readonly CodePointSet PlainText =
        CodePointSet.Of([(0, 0x1F), ('"', '"'), ('\'', '\''), ('\\', '\\'), ('`', '`'), (0x7F, 0x9F), (0x2028, 0x2029)]).Complement();

    private SlicedVocabulary(ITokenizer tokenizer)
    {
        var ends = tokenizer.EndTokenIds.ToHashSet();
        int[] tokens = [.. Enumerable.Range(0, tokenizer.VocabularySize).Where(token => !ends.Contains(token) && tokenizer.GetTokenBytes(token).Length > 0)];
        Trie = new TokenTrie(tokenizer, tokens);
        Slices = [Slice(tokenizer, tokens, PlainText), Slice(tokenizer, tokens, CodePointSet.WordCharacters)];
        WarmUp(tokenizer.VocabularySize);
    }

    /// <summary>Gets all tokens.</summary>
    public TokenTrie Trie { get; }

    /// <summary>Gets sets of tokens that many states allow as a whole, the largest first.</summary>
    public TokenSlice[] Slices { get; }

    public static SlicedVocabulary For(ITokenizer tokenizer) => Known.GetValue(tokenizer, static key => new SlicedVocabulary(key));

    /// <summary>
    /// Walks all tokens once, so that .NET compiles the walk for speed now: the first masks of the first request took up to 15 ms each
    /// for that alone.
    /// </summary>
    private void WarmUp(int vocabularySize)
    {
        var grammar = Grammar.Parse("root ::= (/[^a]/ | call \"a\")*\ncall ::= \"a\" call \"b\" | \"a\"");
        var distances = new TokenDistances(grammar, Trie);
        var states = new MatcherStates(grammar, distances, new SpanMasks(grammar, Trie, distances, vocabularySize), maxBytes: long.MaxValue);
        var stepper = new ConfigurationStepper(states.Pool) { RemainingWork = long.MaxValue / 2 };
        new MaskWriter(this, states, stepper).Write(states.Initial, int.MaxValue, new ulong[(vocabularySize + 63) / 64]);
    }

    private static TokenSlice Slice(ITokenizer tokenizer, int[] tokens, CodePointSet characters)
    {
        var words = new ulong[(tokenizer.VocabularySize + 63) / 64];
        var rest = new List<int>();
        foreach (var token in tokens)
        {
            if (IsWithin(tokenizer.GetTokenBytes(token), characters))
            {
                words[token >> 6] |= 1UL << (token & 63);
            }
            else
            {
                rest.Add(token);
            }
        }

        return new TokenSlice([.. new ClassExpression(characters).Utf8], MaxSliceCharacters, words, new TokenTrie(tokenizer, [.. rest]));
    }

    private static bool IsWithin(ReadOnlySpan<byte> bytes, CodePointSet characters)
    {
        for (var count = 0; !bytes.IsEmpty; count++)
        {
            if (count == MaxSliceCharacters || Rune.DecodeFromUtf8(bytes, out var rune, out var consumed) != System.Buffers.OperationStatus.Done
                || !characters.Contains(rune.Value))
            {
                return false;
            }

            bytes = bytes[consumed..];
        }

        return true;
    }
}

/// <summary>Tokens of whole characters of one set, which a state allows all at once if it allows any text of these characters.</summary>
/// <param name="Characters">The encodings of the set: sequences of byte ranges.</param>
/// <param name="MaxCharacters">No token of the slice is longer.</param>
/// <param name="Tokens">One bit a token.</param>
/// <param name="Rest">All other tokens.</param>
internal sealed record TokenSlice((byte Low, byte High)[][] Characters, int MaxCharacters, ulong[] Tokens, TokenTrie Rest);
