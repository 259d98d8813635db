using System.Text.RegularExpressions;
using CsCheck;
using TaskServices.Inference.Decoding;

namespace TaskServices.Inference.Tests.Decoding;

/// <summary>Regexes against <see cref="Regex"/> of .NET, whose engine without backtracking shares no code with ours.</summary>
public sealed class RegexTests
{
    private static readonly Gen<string> Atom = Gen.OneOf(
        "a", "b", "c", "é", "[ab]", "[^a]", "[a-c]", "[^b-é]", "[0-9]", ".", "\\.", "\\n", "\\x61", "\\u00e9", "[\\x61-\\x62é]", "/", "\\/", "-", "[a\\-]", "[-a]", "\\\\", "\\t", "\\[");

    private static readonly Gen<string> Pattern = Gen.Recursive<string>((depth, inner) => depth > 3
        ? Atom
        : Gen.Frequency(
            (4, Atom),
            (2, inner.Select(inner, static (left, right) => left + right)),
            (2, inner.Select(inner, static (left, right) => $"({left}|{right})")),
            (1, inner.Select(static item => $"({item})*")),
            (1, inner.Select(static item => $"(?:{item})+")),
            (1, inner.Select(static item => $"({item})?")),
            (1, inner.Select(Gen.Int[0, 2], Gen.Int[1, 2], static (item, least, more) => $"({item}){{{least},{least + more}}}")),
            (1, inner.Select(static item => $"({item}){{2}}")),
            (1, inner.Select(static item => $"({item}){{1,}}"))));

    private static readonly Gen<string> Text = Gen.OneOf("a", "b", "c", "d", "é", "1", "/", "-", ".", "\n", "\t", "[", "\\", "€").List[0, 8].Select(string.Concat);

    [Fact]
    public void FromRegex_RandomPatternsAndTexts_AgreesWithDotNet()
    {
        Gen.Select(Pattern, Text.Array[20]).Sample((pattern, texts) =>
        {
            var grammar = Grammar.FromRegex(pattern);
            var judge = new Regex($@"\A(?:{pattern})\z", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
            foreach (var text in texts)
            {
                Assert.Equal(judge.IsMatch(text), grammar.Accepts(text));
            }
        }, iter: 2000);
    }

    [Theory]
    [InlineData("^abc$", "abc", "abcd")]
    [InlineData("^a|b$", "b", "ab")]
    [InlineData(@"\d{3}-\w+\s\S", "123-a_9 é", "123- x")]
    [InlineData("[^\\W\\d]+", "abc_", "ab1")]
    [InlineData("a//b\n[/]", "a//b\n/", "a/b\n/")]
    [InlineData("(((a*)*)*)*", "aaaa", "ab")]
    [InlineData("", "", "a")]
    [InlineData("a|", "", "b")]
    [InlineData("[\\ud83d\\ude00-\\ud83d\\ude4f]", "😃", "🚀")]
    public void FromRegex_MatchAndOther_TellsThemApart(string pattern, string match, string other)
    {
        var grammar = Grammar.FromRegex(pattern);

        Assert.True(grammar.Accepts(match));
        Assert.False(grammar.Accepts(other));
    }

    [Theory]
    [InlineData("(?=a)b")]
    [InlineData("(?!a)b")]
    [InlineData("(?<=a)b")]
    [InlineData("(?<name>a)")]
    [InlineData("(?i)a")]
    [InlineData(@"(a)\1")]
    [InlineData(@"\bword\b")]
    [InlineData(@"\p{L}")]
    [InlineData("a*?")]
    [InlineData("a++")]
    [InlineData("a^b")]
    [InlineData("(a$)")]
    [InlineData("a{2")]
    [InlineData("a{,5}")]
    [InlineData("a{1000000}")]
    [InlineData("a{99999999999999999999}")]
    [InlineData("[a-z-[aeiou]]")]
    [InlineData("[]")]
    [InlineData("[z-a]")]
    [InlineData("(a")]
    [InlineData("a)")]
    [InlineData("[a")]
    [InlineData("*a")]
    [InlineData("a\\")]
    [InlineData("\\ud83d")]
    public void FromRegex_OutsideTheSubset_IsATypedError(string pattern) =>
        AssertRefused(pattern);

    [Fact]
    public void FromRegex_HalfASurrogatePair_IsATypedError() => AssertRefused("a\ud83d");

    private static void AssertRefused(string pattern) =>
        Assert.Equal("GRAMMAR_INVALID", Assert.Throws<GrammarException>(() => Grammar.FromRegex(pattern)).Reason);
}
