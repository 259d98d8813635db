using CsCheck;
using TaskServices.Inference.Decoding;
using TaskServices.Inference.Tokenization;
using TaskServices.Testing;

namespace TaskServices.Inference.Tests.Decoding;

/// <summary>Random grammars and random logits, judged by <see cref="NaiveRecogniser"/>.</summary>
public sealed class RandomGrammarTests
{
    private const int MaxSteps = 14;

    private static readonly FakeTokenizer Pieces = new("ab", "aba", "é(", "((", "abé", "ba", "b)", "é", "€", "bb", "(a", ")b");
    private static readonly FakeTokenizer Bytes = new();

    [Fact]
    public void WriteMask_WithoutLimit_EqualsBruteForce()
    {
        Gen.Select(SimpleGrammar.Any, Gen.Int).Sample((grammar, seed) =>
        {
            var matcher = new TokenGrammar(Grammar.Parse(grammar.Print()), Pieces).CreateMatcher();
            var random = new Random(seed);
            var text = new List<byte>();
            for (var step = 0; step < MaxSteps; step++)
            {
                var judge = new NaiveRecogniser(grammar, [.. text]);
                Assert.Equal(judge.IsSentence, matcher.CanEnd);
                Assert.Equal(!judge.IsProperPrefix, matcher.MustEnd);
                AssertForced(matcher, grammar, text);
                var expected = Viable(grammar, text, Pieces).ToList();
                Assert.Equal(expected.Concat(judge.IsSentence ? [Pieces.End] : []), Allowed(matcher, int.MaxValue / 8, Pieces));
                if (expected.Count == 0)
                {
                    return;
                }

                var chosen = expected[random.Next(expected.Count)];
                matcher.Accept(chosen);
                text.AddRange(Pieces.GetTokenBytes(chosen));
            }
        }, iter: 300);
    }

    [Fact]
    public void WriteMask_TightLimit_LetsOnlyTokensThroughThatCanStillEnd()
    {
        Gen.Select(SimpleGrammar.Any, Gen.Int, Gen.Int[0, 2]).Sample((grammar, seed, slack) =>
        {
            foreach (var tokenizer in (FakeTokenizer[])[Pieces, Bytes])
            {
                var bound = new TokenGrammar(Grammar.Parse(grammar.Print()), tokenizer);
                if (bound.ShortestCompletionTokens > 5)
                {
                    continue;
                }

                var matcher = bound.CreateMatcher();
                var random = new Random(seed);
                var text = new List<byte>();
                for (var remaining = bound.ShortestCompletionTokens + slack; ; remaining--)
                {
                    var allowed = Allowed(matcher, remaining, tokenizer);
                    Assert.NotEmpty(allowed);
                    allowed.Remove(tokenizer.End);
                    var exact = Viable(grammar, text, tokenizer).Where(token => CanEndWithin(grammar, [.. text, .. tokenizer.GetTokenBytes(token)], remaining - 1, tokenizer)).ToList();

                    // Where every token is a byte, the bound on the tokens that complete a sentence is exact.
                    Assert.Subset(exact.ToHashSet(), allowed.ToHashSet());
                    Assert.True(tokenizer == Pieces || exact.Count == allowed.Count);
                    if (allowed.Count == 0)
                    {
                        break;
                    }

                    var chosen = allowed[random.Next(allowed.Count)];
                    matcher.Accept(chosen);
                    text.AddRange(tokenizer.GetTokenBytes(chosen));
                }

                Assert.True(new NaiveRecogniser(grammar, [.. text]).IsSentence);
            }
        }, iter: 100);
    }

    [Fact]
    public void Generate_RandomLogitsAndLimits_StaysInTheLanguage()
    {
        Gen.Select(SimpleGrammar.Any, Gen.Int, Gen.Int[0, 40]).Sample((grammar, seed, slack) =>
        {
            var bound = new TokenGrammar(Grammar.Parse(grammar.Print()), Pieces);
            var limit = bound.ShortestCompletionTokens + slack;
            var tokens = RandomCompletion.Generate(bound, new Random(seed), limit);
            Assert.True(tokens.Count <= limit);
            Assert.True(new NaiveRecogniser(grammar, RandomCompletion.Bytes(Pieces, tokens)).IsSentence);
        }, iter: 1000);
    }

    [Theory]
    [InlineData("SmolLM2")]
    [InlineData("spm.gguf")]
    public void WriteMask_RealVocabulary_EqualsBruteForce(string name)
    {
        var tokenizer = name == "SmolLM2"
            ? TokenizerLoader.Load(TestFiles.InRepository("models", "smollm2-135m-instruct", "SmolLM2-135M-Instruct.Q4_1.gguf"))
            : Fixture(name);
        Node[] rules =
        [
            new Node.Sequence([new Node.Text(" select "), new Node.Rule(1), new Node.Repeat(new Node.Sequence([new Node.Text(", "), new Node.Rule(1)]), 0, null), new Node.Repeat(new Node.Text(" where "), 0, 1), new Node.Rule(2)]),
            new Node.Choice([new Node.OneOf(["singer.name", "singer.age", "song.title_é"]), new Node.Sequence([new Node.Text("max("), new Node.Rule(1), new Node.Text(")")])]),
            new Node.Sequence([new Node.Text("'"), new Node.Repeat(new Node.AnyOf("abcdefghijklmnopqrstuvwxyz ABCDEFGHIJKLMNOPQRSTUVWXYZé😀.0123456789"), 0, 30), new Node.PieceOf("'né à Paris'")]),
        ];
        var grammar = new SimpleGrammar(rules);
        var bound = new TokenGrammar(Grammar.Parse(grammar.Print()), tokenizer);
        var random = new Random(11);
        for (var run = 0; run < 2; run++)
        {
            var matcher = bound.CreateMatcher();
            var text = new List<byte>();
            for (var step = 0; step < 12 && !matcher.MustEnd; step++)
            {
                var allowed = Allowed(matcher, 1000, tokenizer);
                allowed.RemoveAll(tokenizer.EndTokenIds.Contains);
                if (step % 3 == run)
                {
                    Assert.Equal(Viable(grammar, text, tokenizer), allowed);
                }

                var chosen = allowed[random.Next(allowed.Count)];
                matcher.Accept(chosen);
                text.AddRange(tokenizer.GetTokenBytes(chosen));
            }
        }
    }

    private static ITokenizer Fixture(string name)
    {
        var path = TestFiles.TryShared("fixtures", "tokenizers", name);
        Assert.SkipWhen(path is null, "the tokenizer fixtures are not here");
        return TokenizerLoader.Load(path);
    }

    private static IEnumerable<int> Viable(SimpleGrammar grammar, List<byte> text, ITokenizer tokenizer) => Enumerable.Range(0, tokenizer.VocabularySize).Where(
        token => tokenizer.GetTokenBytes(token).Length > 0 && !tokenizer.EndTokenIds.Contains(token)
            && new NaiveRecogniser(grammar, [.. text, .. tokenizer.GetTokenBytes(token)]).IsViable);

    private static bool CanEndWithin(SimpleGrammar grammar, List<byte> text, int tokens, FakeTokenizer tokenizer)
    {
        var judge = new NaiveRecogniser(grammar, [.. text]);
        return (tokens >= 0 && judge.IsSentence)
            || (tokens > 0 && judge.IsProperPrefix && Viable(grammar, text, tokenizer).Any(token => CanEndWithin(grammar, [.. text, .. tokenizer.GetTokenBytes(token)], tokens - 1, tokenizer)));
    }

    private static List<int> Allowed(IGrammarMatcher matcher, int remaining, ITokenizer tokenizer)
    {
        var mask = new ulong[(tokenizer.VocabularySize + 63) / 64];
        matcher.WriteMask(remaining, mask);
        return RandomCompletion.Allowed(mask, tokenizer.VocabularySize);
    }

    private static void AssertForced(IGrammarMatcher matcher, SimpleGrammar grammar, List<byte> text)
    {
        List<byte> so = [.. text];
        foreach (var value in RandomCompletion.Bytes(Pieces, matcher.GetForcedTokens()))
        {
            Assert.False(new NaiveRecogniser(grammar, [.. so]).IsSentence);
            var next = Enumerable.Range(0, 256).Where(other => new NaiveRecogniser(grammar, [.. so, (byte)other]).IsViable);
            Assert.Equal([value], next);
            so.Add(value);
        }
    }
}
