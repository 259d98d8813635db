using System.Text;
using TaskServices.Inference.Decoding.Automata;
using TaskServices.Inference.Decoding.Syntax;

namespace TaskServices.Inference.Decoding;

/// <summary>A context-free grammar over UTF-8 text, compiled to byte automata. Immutable and safe for several threads.</summary>
/// <remarks>
/// <para>A grammar is text, so that it can travel to a remote host. <c>root</c> is the start:</para>
/// <code>
/// # comment to the end of the line
/// root   ::= "select " items (" from " table)? tail*
/// items  ::= column ("," " " column)*
/// column ::= one_of("singer.name", "singer.age")     # one of many literals
/// num    ::= /-?[0-9]+(\.[0-9]+)?/                    # regex, anchored at both ends
/// quote  ::= "'" substring_of("some text") "'"        # any piece of at least one character, cut between characters
/// opt    ::= "a"? "b"* ("c" | "d"){1,3}
/// </code>
/// <para>
/// Literals stand in double quotes with the escapes <c>\" \\ \n \t \r \xHH \uXXXX</c> (the last two are characters, not bytes). Rules may
/// be recursive; left recursion, rules without a finite sentence and undefined names are refused with the place in the text.
/// </para>
/// </remarks>
public sealed class Grammar
{
    internal const int MaxTextLength = 16_000_000;
    internal const int MaxRuleCount = 4096;
    internal const int MaxNodeCount = 500_000;
    internal const int MaxLeftDepth = 500;
    internal const int MaxSubstringBytes = 400_000;
    private const int SmallSetBytes = 256;

    private readonly long _fixedBytes;

    private Grammar(string text, Automaton[] automata, Automaton root, GrammarFacts facts)
    {
        (Text, Automata, Root, Facts) = (text, automata, root, facts);
        _fixedBytes = (2L * text.Length) + automata.Sum(automaton => automaton.Bytes);
    }

    /// <summary>Gets the text that the grammar was parsed from.</summary>
    public string Text { get; }

    /// <summary>Gets the memory of the automata made so far, in bytes, approximately.</summary>
    internal long Bytes => _fixedBytes + Facts.StateMemory;

    internal IReadOnlyList<Automaton> Automata { get; }

    internal Automaton Root { get; }

    internal GrammarFacts Facts { get; }

    /// <summary>Parses and compiles a grammar.</summary>
    /// <param name="text">At most 16,000,000 characters, 4,096 rules and 500,000 automaton nodes after repetitions are written out.</param>
    /// <exception cref="GrammarException">GRAMMAR_INVALID with line and column.</exception>
    public static Grammar Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Length <= MaxTextLength
            ? GrammarCompiler.Compile(text)
            : throw new GrammarException("GRAMMAR_INVALID", $"The grammar has {text.Length} characters; at most {MaxTextLength} are taken.");
    }

    /// <summary>Compiles a regular expression that the whole text must match; <c>docs/grammar.md</c> lists what it may hold.</summary>
    /// <exception cref="GrammarException">GRAMMAR_INVALID; the column is that of <see cref="Text"/>.</exception>
    public static Grammar FromRegex(string pattern)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        return Parse($"root ::= /{RegexText.Escape(pattern)}/");
    }

    /// <summary>Writes text as a literal of the grammar language, quotes included. Lone surrogates become U+FFFD.</summary>
    public static string Quote(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var quoted = new StringBuilder(text.Length + 2).Append('"');
        foreach (var rune in text.EnumerateRunes())
        {
            _ = rune.Value switch
            {
                '"' => quoted.Append("\\\""),
                '\\' => quoted.Append("\\\\"),
                '\n' => quoted.Append("\\n"),
                '\r' => quoted.Append("\\r"),
                '\t' => quoted.Append("\\t"),
                < (int)' ' or (>= 0x7F and < 0xA0) => quoted.Append("\\x").Append(rune.Value.ToString("X2", null)),
                _ => quoted.Append(rune.ToString()),
            };
        }

        return quoted.Append('"').ToString();
    }

    /// <summary>Checks whether a whole text is a sentence of the grammar.</summary>
    /// <exception cref="GrammarException">GRAMMAR_TOO_COMPLEX.</exception>
    public bool Accepts(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Matching.Membership.Accepts(this, Encoding.UTF8.GetBytes(text));
    }

    /// <summary>Small sets become part of the rule around them: no call, and no stack frame.</summary>
    internal static bool IsSmall(LiteralSetExpression set) => set.Literals.Sum(literal => (long)literal.Length) <= SmallSetBytes;

    internal static Grammar Create(string text, Automaton[] automata, int root, GrammarFacts facts) => new(text, automata, automata[root], facts);
}
