using System.Text;
using System.Text.RegularExpressions;

namespace TaskServices.Evals.Metrics;

/// <summary>The text substitutions that Spider's evaluation makes before it executes (<c>exec_eval.py</c>).</summary>
internal static partial class SqlText
{
    /// <summary>Joins operators that a model split (<c>&gt; =</c>) and replaces <c>YEAR(CURDATE())</c> with 2020.</summary>
    public static string Repair(string sql) =>
        CurrentYear().Replace(
            sql.Replace("> =", ">=", StringComparison.Ordinal)
                .Replace("< =", "<=", StringComparison.Ordinal)
                .Replace("! =", "!=", StringComparison.Ordinal),
            "2020");

    /// <summary>Removes each DISTINCT that is not inside a string, a quoted name or a comment.</summary>
    public static string RemoveDistinct(string sql)
    {
        var text = new StringBuilder(sql.Length);
        foreach (var token in Tokenize(sql))
        {
            if (!token.Equals("distinct", StringComparison.OrdinalIgnoreCase))
                text.Append(token);
        }

        return text.ToString();
    }

    /// <summary>Gets the words outside strings, quoted names and comments, in lower case.</summary>
    public static IReadOnlyList<string> Keywords(string sql) =>
        [.. Tokenize(sql).Where(token => char.IsAsciiLetter(token[0])).Select(token => token.ToLowerInvariant())];

    /// <summary>Cuts a text into words, quoted pieces, comments and single characters; together they are the text.</summary>
    private static IEnumerable<string> Tokenize(string sql)
    {
        for (int start = 0, end; start < sql.Length; start = end)
        {
            end = sql[start] switch
            {
                '\'' or '"' or '`' => EndOfQuoted(sql, start, sql[start]),
                '[' => EndOfQuoted(sql, start, ']'),
                '-' when sql.AsSpan(start).StartsWith("--") => EndAfter(sql, start, "\n"),
                '/' when sql.AsSpan(start).StartsWith("/*") => EndAfter(sql, start + 2, "*/"),
                var first when IsWordCharacter(first) => EndOfWord(sql, start),
                _ => start + 1,
            };
            yield return sql[start..end];
        }
    }

    private static int EndOfQuoted(string sql, int start, char quote)
    {
        for (var i = start + 1; i < sql.Length; i++)
        {
            if (sql[i] != quote)
                continue;
            if (quote is ']' || i + 1 == sql.Length || sql[i + 1] != quote)
                return i + 1;
            i++; // a doubled quote stands for itself
        }

        return sql.Length;
    }

    private static int EndAfter(string sql, int start, string end)
    {
        var index = sql.IndexOf(end, start, StringComparison.Ordinal);
        return index < 0 ? sql.Length : index + end.Length;
    }

    private static int EndOfWord(string sql, int start)
    {
        var end = start + 1;
        while (end < sql.Length && IsWordCharacter(sql[end]))
            end++;
        return end;
    }

    private static bool IsWordCharacter(char character) => char.IsLetterOrDigit(character) || character is '_' or '$';

    [GeneratedRegex(@"YEAR\s*\(\s*CURDATE\s*\(\s*\)\s*\)\s*", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex CurrentYear();
}
