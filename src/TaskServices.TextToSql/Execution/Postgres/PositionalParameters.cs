using System.Text;

namespace TaskServices.TextToSql.Execution.Postgres;

/// <summary>Writes <c>:name</c> as <c>$1</c>: with positional parameters the driver sends the text as it is, so that the server takes one statement only.</summary>
internal static class PositionalParameters
{
    /// <returns>The text, and the names in the order of their positions.</returns>
    public static (string Sql, IReadOnlyList<string> Names) Write(string sql)
    {
        var text = new StringBuilder(sql.Length);
        var names = new List<string>();
        for (var i = 0; i < sql.Length; i++)
        {
            var c = sql[i];
            if (c is '\'' or '"')
            {
                // A doubled quote ends one text and begins the next, which changes nothing here.
                var end = sql.IndexOf(c, i + 1);
                end = end < 0 ? sql.Length - 1 : end;
                text.Append(sql, i, end - i + 1);
                i = end;
            }
            else if (c is ':' && i + 1 < sql.Length && IsNameStart(sql[i + 1]) && (i == 0 || sql[i - 1] is not ':'))
            {
                var end = i + 1;
                while (end < sql.Length && (IsNameStart(sql[end]) || char.IsAsciiDigit(sql[end])))
                    end++;
                var name = sql[(i + 1)..end];
                if (!names.Contains(name))
                    names.Add(name);
                text.Append('$').Append(names.IndexOf(name) + 1);
                i = end - 1;
            }
            else
            {
                text.Append(c);
            }
        }

        return (text.ToString(), names);
    }

    private static bool IsNameStart(char c) => char.IsAsciiLetter(c) || c is '_';
}
