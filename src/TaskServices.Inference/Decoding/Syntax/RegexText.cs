using System.Text;

namespace TaskServices.Inference.Decoding.Syntax;

/// <summary>Writes a bare pattern so that it can stand between the slashes of the grammar language.</summary>
internal static class RegexText
{
    public static string Escape(string pattern)
    {
        var text = new StringBuilder(pattern.Length + 8);
        for (var i = 0; i < pattern.Length; i++)
        {
            _ = pattern[i] switch
            {
                '\\' when i + 1 < pattern.Length && pattern[i + 1] is not ('\n' or '\r') => text.Append('\\').Append(pattern[++i]),
                '/' => text.Append("\\/"),
                '\n' => text.Append("\\n"),
                '\r' => text.Append("\\r"),
                var other => text.Append(other),
            };
        }

        return text.ToString();
    }
}
