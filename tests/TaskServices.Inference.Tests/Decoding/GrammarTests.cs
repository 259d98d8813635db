using TaskServices.Inference.Decoding;

namespace TaskServices.Inference.Tests.Decoding;

public sealed class GrammarTests
{
    [Theory]
    [InlineData("root ::= \"a\"? \"b\"* (\"c\" | \"d\"){1,3}", "abbcd", "ab")]
    [InlineData("root ::= /-?[0-9]+(\\.[0-9]+)?/", "-12.5", "12.")]
    [InlineData("root ::= \"'\" substring_of(\"naïve café\") \"'\"", "'ve caf'", "''")]
    [InlineData("root ::= \"(\" root \")\" | \"x\"", "(((x)))", "((x)")]
    [InlineData("root ::= (\"a\"* )*", "aaaa", "b")]
    [InlineData("root ::= x x\nx ::= (\"a\" | \"\")", "", "aaa")]
    [InlineData("root ::= a | b\na ::= \"a\" root \"x\" | \"c\"\nb ::= \"a\" root \"y\" | \"c\"", "aaaacxyxy", "aacxyx")]
    [InlineData("root ::= \"a\" root \"b\"?  | \"a\"", "aaaabb", "aabb")]
    [InlineData("root ::= /[^a-z]é\\u20ac./", "Aé€😀", "aé€x")]
    [InlineData("root ::= \"\\xe9\\u20AC\\ud83d\\ude00\"", "é€😀", "é€")]
    [InlineData("root ::= one_of(\"singer.name\", \"singer.age\", \"s\")", "singer.age", "singer.")]
    [InlineData("# comment\nroot ::= list-1 # more\nlist-1 ::= \"a\" (\",\" list-1)?", "a,a,a", "a,")]
    public void Accepts_SentenceAndNonSentence_TellsThemApart(string grammar, string sentence, string other)
    {
        var parsed = Grammar.Parse(grammar);

        Assert.True(parsed.Accepts(sentence));
        Assert.False(parsed.Accepts(other));
    }

    [Theory]
    [InlineData("a ::= \"x\"", 1, "root")]
    [InlineData("root ::= \"x\"\nroot ::= \"y\"", 2, "twice")]
    [InlineData("root ::=\n  foo", 2, "'foo' is not defined")]
    [InlineData("root ::= \"x", 1, "closing quote")]
    [InlineData("root ::= /a", 1, "closing /")]
    [InlineData("root ::= /[z-a]/", 1, "range")]
    [InlineData("root ::= /a(?=b)/", 1, "group")]
    [InlineData("root ::= expr\nexpr ::= expr \"+\" \"x\" | \"x\"", 2, "'expr' is left-recursive")]
    [InlineData("root ::= b? root \"x\" | \"y\"\nb ::= \"b\"", 1, "left-recursive")]
    [InlineData("root ::= \"x\" a\na ::= \"y\" a", 1, "no finite sentence")]
    [InlineData("root ::= \"a\"{5,2}", 1, "bounds")]
    [InlineData("root ::= \"a\"**", 1, "repeated")]
    [InlineData("root ::= substring_of(\"\")", 1, "empty text")]
    [InlineData("root ::= ", 1, "expected")]
    [InlineData("root = \"a\"", 1, "::=")]
    [InlineData("root ::= \"\\q\"", 1, "escapes")]
    public void Parse_BadText_NamesPlaceAndProblem(string text, int line, string problem)
    {
        var error = Assert.Throws<GrammarException>(() => Grammar.Parse(text));

        Assert.Equal("GRAMMAR_INVALID", error.Reason);
        Assert.Equal(line, error.Line);
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_ExplodingRepetition_IsRefused()
    {
        var error = Assert.Throws<GrammarException>(() => Grammar.Parse("root ::= ((\"a\"{1000}){1000}){1000}"));

        Assert.Equal("GRAMMAR_INVALID", error.Reason);
    }

    [Fact]
    public void Parse_HundredThousandLiterals_AcceptsEach()
    {
        var names = Enumerable.Range(0, 100_000).Select(i => $"table_{i % 317}.column_{i}").ToArray();

        var grammar = Grammar.Parse($"root ::= one_of({string.Join(", ", names.Select(Grammar.Quote))})");

        Assert.True(grammar.Accepts(names[77_777]));
        Assert.False(grammar.Accepts("table_1.column_0x"));
    }

    [Fact]
    public void Accepts_LongSubstring_AgreesWithContains()
    {
        var random = new Random(7);
        var text = string.Concat(Enumerable.Range(0, 20_000).Select(_ => "abé€😀".EnumerateRunes().ElementAt(random.Next(5)).ToString()));
        var grammar = Grammar.Parse($"root ::= substring_of({Grammar.Quote(text)})");

        for (var length = 1; length < 16; length++)
        {
            var piece = string.Concat(Enumerable.Range(0, length).Select(_ => "abé€😀".EnumerateRunes().ElementAt(random.Next(5)).ToString()));
            Assert.Equal(text.Contains(piece, StringComparison.Ordinal), grammar.Accepts(piece));
        }
    }
}
