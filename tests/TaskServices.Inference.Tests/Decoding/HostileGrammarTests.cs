using System.Diagnostics;
using System.Globalization;
using System.Text;
using TaskServices.Inference.Decoding;

namespace TaskServices.Inference.Tests.Decoding;

/// <summary>Grammars made to hang or to fill memory: each is refused with a reason, or followed within bounds.</summary>
public sealed class HostileGrammarTests
{
    private static readonly FakeTokenizer Tokenizer = new(
        "aa", "aaaa", "aaaaaaaa", new string('a', 64), "((((((((", "[[[[", "ab", "abab", new string('b', 30), "xyz", "éé", "\u007f\u007f");

    public static TheoryData<string, string?> Grammars => new()
    {
        { "root ::= root", "GRAMMAR_INVALID" },
        { "root ::= root \"a\" | \"a\"", "GRAMMAR_INVALID" },
        { "root ::= a\na ::= b\nb ::= c \"x\" | \"y\"\nc ::= a", "GRAMMAR_INVALID" },
        { "root ::= \"\" root \"a\" | \"a\"", "GRAMMAR_INVALID" },
        { "root ::= (\"x\"?){3} /y*/ root \"a\" | \"a\"", "GRAMMAR_INVALID" },
        { "root ::= e e root \"a\" | \"a\"\ne ::= f?\nf ::= \"z\"", "GRAMMAR_INVALID" },
        { "root ::= (a)*\na ::= root", "GRAMMAR_INVALID" },
        { "root ::= a\na ::= b | \"x\"\nb ::= a", "GRAMMAR_INVALID" },
        { "root ::= \"x\" a\na ::= a2\na2 ::= \"y\" a", "GRAMMAR_INVALID" },
        { "root ::= \"a\"{1,1000000}", "GRAMMAR_INVALID" },
        { "root ::= /a{1,1000000}/", "GRAMMAR_INVALID" },
        { "root ::= \"a\"{1,99999999999999999999}", "GRAMMAR_INVALID" },
        { "root ::= ((\"a\"{1000}){1000}){1000}", "GRAMMAR_INVALID" },
        { "root ::= (((((\"\"{100000}){100000}){100000}){100000}){100000}){100000}", "GRAMMAR_INVALID" },
        { "root ::= /((((a{100}){100}){100}){100}){100}/", "GRAMMAR_INVALID" },
        { $"root ::= {new string('(', 100_000)}\"a\"{new string(')', 100_000)}", "GRAMMAR_INVALID" },
        { $"root ::= /{new string('(', 100_000)}a{new string(')', 100_000)}/", "GRAMMAR_INVALID" },
        { $"root ::= \"{new string('a', 17_000_000)}\"", "GRAMMAR_INVALID" },
        { $"root ::= {new string('(', 1_000_000)}", "GRAMMAR_INVALID" },
        { new string('#', 1_000_000), "GRAMMAR_INVALID" },
        { new string('a', 1_000_000), "GRAMMAR_INVALID" },
        { Chain(5_000, i => $"r{i} ::= r{i + 1}"), "GRAMMAR_INVALID" },
        { Chain(4_000, i => $"r{i} ::= r{i + 1} \"b\" | r{i + 1} \"c\""), "GRAMMAR_INVALID" },
        { "root ::= \"\"", null },
        { "root ::= /(((a*)*)*)*/", null },
        { "root ::= /(a*)*(a*)*(a|aa|aaa)*(a?){50}/", null },
        { "root ::= /(a|b)*a(a|b){15}/", null },
        { "root ::= /(a|b)*a(a|b){2000}/", null },
        { "root ::= /(.|é|[^x])*a.{3000}/", null },
        { "root ::= (\"a\"?){0,3000} \"a\"", null },
        { "root ::= ((\"a\"? \"b\"?){0,300}){0,300}", null },
        { "root ::= \"a\" root \"b\" | \"a\" root \"c\" | \"a\" root | \"a\"", null },
        { "root ::= \"a\" root root | \"a\"", null },
        { "root ::= \"a\" root root root? | \"a\"", null },
        { "root ::= a a a a a a\na ::= (\"a\" a | \"a\" a \"b\" | \"a\")*", null },
        { "root ::= x+\nx ::= \"a\" x? y?\ny ::= \"a\" y? x? | x \"b\"", null },
        { "root ::= \"(\" root \")\" | \"[\" root \"]\" | \"a\"", null },
        { $"root ::= \"{new string('a', 400_000)}\"", null },
        { $"root ::= /{new string('a', 400_000)}/", null },
        { $"root ::= {string.Join(" | ", Enumerable.Range(0, 150_000).Select(i => "\"a\""))}", null },
        { $"root ::= {string.Join(" | ", Enumerable.Range(0, 60_000).Select(i => $"\"{i}\""))}", null },
        { $"root ::= one_of({string.Join(",", Enumerable.Range(0, 1_000_000).Select(i => $"\"{i}\""))})", null },
        { $"root ::= substring_of(\"{new string('a', 300_000)}\")", null },
        { $"root ::= substring_of(\"{RandomLetters(350_000)}\")", null },
        { string.Join('\n', Enumerable.Range(0, 4_000).Select(i => $"r{i} ::= \"a\" r{(i * 7) % 4_000} \"b\" | \"a\" r{(i * 13) % 4_000} | \"a\"").Prepend("root ::= r0 | r1 | r2")), null },
        { Chain(450, i => $"r{i} ::= r{i + 1} \"b\" | r{i + 1} \"c\""), null },
        { Chain(120, i => $"r{i} ::= x{i} \"b\" | y{i} \"c\"\nx{i} ::= r{i + 1} \"d\"\ny{i} ::= r{i + 1} \"e\""), null },
        { Chain(300, i => $"r{i} ::= \"a\" r{i + 1} r{i + 1}"), "GRAMMAR_INVALID" },
        { $"root ::= {string.Join(" ", Enumerable.Range(0, 400).Select(i => $"r{i}?"))}\n" + string.Join('\n', Enumerable.Range(0, 400).Select(i => $"r{i} ::= \"a\" r{i}? \"b\"?")), null },
    };

    [Theory]
    [MemberData(nameof(Grammars), DisableDiscoveryEnumeration = true)]
    public void Parse_HostileGrammar_IsRefusedOrFollowedWithinBounds(string text, string? reason)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var clock = Stopwatch.StartNew();
        var processor = Process.GetCurrentProcess().TotalProcessorTime;
        var error = Record.Exception(() => Follow(text));
        var seconds = clock.Elapsed.TotalSeconds;
        var busy = (Process.GetCurrentProcess().TotalProcessorTime - processor).TotalSeconds;
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{seconds:F2} s, {busy:F2} s of processor time, {(GC.GetAllocatedBytesForCurrentThread() - before) >> 20} MB allocated: {error?.Message ?? "followed"}: {text[..Math.Min(60, text.Length)].ReplaceLineEndings("; ")}"));

        if (error is not null || reason is not null)
        {
            var refused = Assert.IsType<GrammarException>(error);
            Assert.Equal(reason ?? "GRAMMAR_TOO_COMPLEX", refused.Reason);
            Assert.DoesNotContain('\n', refused.Message);
        }

        // A hang shows as minutes; the bound leaves room for a busy machine.
        Assert.InRange(seconds, 0, 30);
    }

    /// <summary>Compiles, and generates twelve tokens, always the longest allowed one.</summary>
    private static void Follow(string text)
    {
        var bound = new TokenGrammar(Grammar.Parse(text), Tokenizer);
        var matcher = bound.CreateMatcher();
        var mask = new ulong[(Tokenizer.VocabularySize + 63) / 64];
        for (var i = 0; i < 12 && !matcher.MustEnd; i++)
        {
            matcher.WriteMask(int.MaxValue / 8, mask);
            matcher.GetForcedTokens();
            var tokens = RandomCompletion.Allowed(mask, Tokenizer.VocabularySize);
            tokens.Remove(Tokenizer.End);
            matcher.Accept(tokens.MaxBy(token => Tokenizer.GetTokenBytes(token).Length));
        }
    }

    private static string Chain(int length, Func<int, string> rule)
    {
        var text = new StringBuilder("root ::= r0\n");
        for (var i = 0; i < length; i++)
        {
            text.AppendLine(rule(i));
        }

        return text.Append(CultureInfo.InvariantCulture, $"r{length} ::= \"a\"").ToString();
    }

    private static string RandomLetters(int count)
    {
        var random = new Random(5);
        return string.Concat(Enumerable.Range(0, count).Select(_ => (char)('a' + random.Next(3))));
    }
}
