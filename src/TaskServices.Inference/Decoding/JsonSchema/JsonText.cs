using System.Globalization;
using System.Text;
using System.Text.Json;

namespace TaskServices.Inference.Decoding.JsonSchema;

/// <summary>Writes JSON without white space and with the fewest escapes, as the grammars do.</summary>
internal static class JsonText
{
    public static string Write(JsonElement element)
    {
        var text = new StringBuilder();
        Append(element, text);
        return text.ToString();
    }

    public static string Quote(string value)
    {
        var text = new StringBuilder(value.Length + 2).Append('"');
        foreach (var rune in value.EnumerateRunes())
        {
            text.Append(Escape(rune.Value) ?? rune.ToString());
        }

        return text.Append('"').ToString();
    }

    /// <summary>Gets how a character is written that cannot stand for itself in a string, or null.</summary>
    public static string? Escape(int codePoint) => codePoint switch
    {
        '"' => "\\\"",
        '\\' => "\\\\",
        '\b' => "\\b",
        '\f' => "\\f",
        '\n' => "\\n",
        '\r' => "\\r",
        '\t' => "\\t",
        < ' ' => "\\u" + codePoint.ToString("x4", CultureInfo.InvariantCulture),
        _ => null,
    };

    private static void Append(JsonElement element, StringBuilder text)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.String:
                text.Append(Quote(element.GetString()!));
                break;
            case JsonValueKind.Array:
                AppendList(element.EnumerateArray(), '[', ']', text, item => Append(item, text));
                break;
            case JsonValueKind.Object:
                AppendList(element.EnumerateObject(), '{', '}', text, member =>
                {
                    text.Append(Quote(member.Name)).Append(':');
                    Append(member.Value, text);
                });
                break;
            default:
                text.Append(element.GetRawText());
                break;
        }
    }

    private static void AppendList<T>(IEnumerable<T> items, char open, char close, StringBuilder text, Action<T> append)
    {
        text.Append(open);
        var isFirst = true;
        foreach (var item in items)
        {
            _ = isFirst ? text : text.Append(',');
            isFirst = false;
            append(item);
        }

        text.Append(close);
    }
}
