using CsCheck;
using TaskServices.Inference.Decoding;

namespace TaskServices.Inference.Tests.Decoding;

public sealed class GrammarMatcherTests
{
    private const string Sql = """
        root  ::= "select " item ("," " " item)* (" where " cond)?
        item  ::= col | ("count" | "max") "(" col ")"
        cond  ::= col " " one_of("=", "<", ">=") " " val | "(" cond ")"
        val   ::= /-?[0-9]+(\.[0-9]+)?/ | "'" substring_of("São Paulo's café 😀") "'"
        col   ::= one_of("singer.name", "singer.age", "song.title", "song.title_long")
        """;

    private static readonly string[] Grammars =
    [
        Sql,
        "root ::= \"(\" root \")\" | \"x\"",
        "root ::= a | b\na ::= \"a\" root \"x\" | \"c\"\nb ::= \"a\" root \"y\" | \"c\"",
        "root ::= (\"a\"* )* \"select \"?",
        "root ::= \"{\\\"name\\\":\" /\"([^\"\\\\\\x00-\\x1f]|\\\\n)*\"/ \",\\\"list\\\":[\" (num (\",\" num)*)? \"]}\"\nnum ::= /[0-9]{1,3}/",
        "root ::= /[^a-z]{2,5}é\\u20ac./",
    ];

    private static readonly FakeTokenizer Tokenizer = new(
        "select", " select", "select ", "singer", ".name", "singer.name", " where", "count(", "song", ".title", "title_", "é", "ão", "(((", "))", "aa", "aaa", "{\"name", "\":\"",
        "\",\"", "]}", "12", ", ");

    [Fact]
    public void WriteMask_RandomWalk_EndsInBudgetInsideTheLanguageAndAgreesWithAllows()
    {
        Gen.Select(Gen.Int[0, Grammars.Length - 1], Gen.Int[0, 12], Gen.Int).Sample((which, slack, seed) =>
        {
            var grammar = Grammar.Parse(Grammars[which]);
            var bound = new TokenGrammar(grammar, Tokenizer);
            var matcher = bound.CreateMatcher();
            var random = new Random(seed);
            var mask = new ulong[(Tokenizer.VocabularySize + 63) / 64];
            var tokens = new List<int>();
            for (var remaining = bound.ShortestCompletionTokens + slack; ; remaining--)
            {
                matcher.WriteMask(remaining, mask);
                var allowed = Enumerable.Range(0, Tokenizer.VocabularySize).Where(token => (mask[token >> 6] >> (token & 63) & 1) != 0).ToArray();
                Assert.Equal(Enumerable.Range(0, Tokenizer.VocabularySize).Where(token => matcher.Allows(token, remaining)), allowed);
                Assert.NotEmpty(allowed);
                Assert.Equal(matcher.CanEnd, allowed.Contains(Tokenizer.End));
                var chosen = allowed[random.Next(allowed.Length)];
                if (chosen == Tokenizer.End)
                {
                    break;
                }

                Assert.True(remaining > 0);
                matcher.Accept(chosen);
                tokens.Add(chosen);
            }

            var text = Tokenizer.Decode(tokens.ToArray());
            Assert.DoesNotContain('\uFFFD', text);
            Assert.True(grammar.Accepts(text), text);
        }, iter: 300);
    }

    [Theory]
    [InlineData("select singer.name, count(song.title_long) where (singer.age >= -12.5)")]
    [InlineData("select song.title where singer.name = 'café 😀'")]
    public void Accept_SentenceInAnyTokenisation_IsAllowedTokenByToken(string sentence)
    {
        var bound = new TokenGrammar(Grammar.Parse(Sql), Tokenizer);
        Gen.Int.Sample(seed =>
        {
            var random = new Random(seed);
            var bytes = System.Text.Encoding.UTF8.GetBytes(sentence);
            var matcher = bound.CreateMatcher();
            for (var i = 0; i < bytes.Length;)
            {
                var fits = Enumerable.Range(0, Tokenizer.End).Where(token => bytes.AsSpan(i).StartsWith(Tokenizer.GetTokenBytes(token))).ToArray();
                var token = fits[random.Next(fits.Length)];
                Assert.True(matcher.Allows(token, 1000));
                matcher.Accept(token);
                i += Tokenizer.GetTokenBytes(token).Length;
            }

            Assert.True(matcher.CanEnd);
        }, iter: 100);
    }

    [Fact]
    public void GetForcedTokens_OneContinuation_GivesCanonicalTokensWithoutThoseThatCouldGrow()
    {
        var matcher = new TokenGrammar(Grammar.Parse("root ::= \"select singer\" (\".name\" | \".age\")"), Tokenizer).CreateMatcher();

        var forced = matcher.GetForcedTokens();

        // "singer" and "." stay open: "singer.name" and ".name" are tokens.
        Assert.Equal("select ", Tokenizer.Decode(forced.ToArray()));
        foreach (var token in forced)
        {
            Assert.True(matcher.Allows(token, 100));
            matcher.Accept(token);
        }
    }

    [Fact]
    public void GetForcedTokens_WholeRestForced_GivesItAll()
    {
        var matcher = new TokenGrammar(Grammar.Parse("root ::= \"select singer.name\""), Tokenizer).CreateMatcher();

        var forced = matcher.GetForcedTokens();

        Assert.Equal("select singer.name", Tokenizer.Decode(forced.ToArray()));
        Assert.Equal(2, forced.Count);
    }

    [Fact]
    public void WriteMask_BudgetBelowShortestSentence_Throws()
    {
        var bound = new TokenGrammar(Grammar.Parse("root ::= \"select singer.name\""), Tokenizer);

        var error = Assert.Throws<GrammarException>(() => bound.CreateMatcher().WriteMask(1, new ulong[10]));

        Assert.Equal(2, bound.ShortestCompletionTokens);
        Assert.Equal("GRAMMAR_BUDGET_TOO_SMALL", error.Reason);
    }

    [Fact]
    public void Accept_TokenOutsideTheGrammar_Throws()
    {
        var matcher = new TokenGrammar(Grammar.Parse("root ::= \"a\""), Tokenizer).CreateMatcher();

        Assert.Throws<InvalidOperationException>(() => matcher.Accept('b'));
        Assert.Throws<InvalidOperationException>(() => matcher.Accept(Tokenizer.End));
    }
}
