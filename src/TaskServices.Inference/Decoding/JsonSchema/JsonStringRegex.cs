using System.Globalization;
using System.Text;
using TaskServices.Inference.Decoding.Syntax;

namespace TaskServices.Inference.Decoding.JsonSchema;

/// <summary>Prints a regex over the characters of a string as the regex over the string's JSON text, between its quotes.</summary>
internal static class JsonStringRegex
{
    private static readonly CodePointSet Controls = CodePointSet.Of([(0, 0x1F)]);
    private static readonly CodePointSet Escaped = CodePointSet.Of([(0, 0x1F), ('"', '"'), ('\\', '\\')]);

    public static CodePointSet AnyCharacter { get; } = CodePointSet.Of([(0, 0x10FFFF)]);

    public static string Print(Expression expression)
    {
        var text = new StringBuilder();
        Append(expression, text);
        return text.ToString();
    }

    private static void Append(Expression expression, StringBuilder text)
    {
        switch (expression)
        {
            case ClassExpression characters:
                AppendClass(characters.Set, text);
                break;
            case SequenceExpression sequence:
                foreach (var item in sequence.Items)
                {
                    Append(item, text);
                }

                break;
            case ChoiceExpression choice:
                text.Append('(');
                for (var i = 0; i < choice.Alternatives.Count; i++)
                {
                    text.Append(i == 0 ? string.Empty : "|");
                    Append(choice.Alternatives[i], text);
                }

                text.Append(')');
                break;
            case RepeatExpression repeat:
                text.Append('(');
                Append(repeat.Item, text);
                text.Append(')').Append(Bounds(repeat.Minimum, repeat.Maximum));
                break;
            default:
                throw new InvalidOperationException($"A regex has no {expression.GetType().Name}.");
        }
    }

    public static string Bounds(int minimum, int? maximum) => (minimum, maximum) switch
    {
        (0, null) => "*",
        (1, null) => "+",
        (0, 1) => "?",
        (_, null) => string.Create(CultureInfo.InvariantCulture, $"{{{minimum},}}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{{{minimum},{maximum}}}"),
    };

    private static void AppendClass(CodePointSet set, StringBuilder text)
    {
        var parts = new List<string>();
        var plain = set.Except(Escaped);
        if (!plain.IsEmpty)
        {
            parts.Add(plain.Ranges is [var single] && single.Low == single.High ? Character(single.Low) : Class(plain));
        }

        var escaped = set.Intersect(Escaped);
        if (escaped.Ranges.Count > 0 && Controls.Except(escaped).IsEmpty)
        {
            parts.Add("\\\\[bfnrt]");
            parts.Add("\\\\u00[01][0-9a-f]");
            escaped = escaped.Except(Controls);
        }

        foreach (var (low, high) in escaped.Ranges)
        {
            parts.AddRange(Enumerable.Range(low, high - low + 1).Select(value => string.Concat(JsonText.Escape(value)!.Select(unit => Character(unit)))));
        }

        text.Append(parts.Count == 1 ? parts[0] : $"({string.Join('|', parts)})");
    }

    private static string Class(CodePointSet set) =>
        $"[{string.Concat(set.Ranges.Select(range => range.Low == range.High ? Character(range.Low) : $"{Character(range.Low)}-{Character(range.High)}"))}]";

    private static string Character(int value) => value switch
    {
        < 0x80 when char.IsAsciiLetterOrDigit((char)value) => ((char)value).ToString(),
        <= 0xFF => "\\x" + value.ToString("X2", CultureInfo.InvariantCulture),
        <= 0xFFFF => "\\u" + value.ToString("X4", CultureInfo.InvariantCulture),
        _ => string.Concat(char.ConvertFromUtf32(value).Select(unit => "\\u" + ((int)unit).ToString("X4", CultureInfo.InvariantCulture))),
    };
}
