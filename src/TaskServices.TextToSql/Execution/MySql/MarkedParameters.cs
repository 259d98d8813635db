using System.Text;

namespace TaskServices.TextToSql.Execution.MySql;

/// <summary>Writes <c>@name</c> as <c>?</c>, the mark of the server's PREPARE.</summary>
internal static class MarkedParameters
{
    /// <returns>The text, and one value for each mark in order.</returns>
    /// <exception cref="TextToSqlException">Reason <c>QUERY_REFUSED</c>: a name without a value, which would be a variable of the session.</exception>
    public static (string Sql, IReadOnlyList<object?> Values) Write(string sql, IReadOnlyDictionary<string, object?> parameters)
    {
        var text = new StringBuilder(sql.Length);
        var values = new List<object?>();
        for (var i = 0; i < sql.Length; i++)
        {
            var c = sql[i];
            if (c is '\'' or '`' or '"')
            {
                var end = EndOfQuoted(sql, i);
                text.Append(sql, i, end - i + 1);
                i = end;
            }
            else if (c is '@' && parameters.Count > 0)
            {
                var end = i + 1;
                while (end < sql.Length && (char.IsAsciiLetterOrDigit(sql[end]) || sql[end] is '_'))
                    end++;
                var name = sql[(i + 1)..end];
                values.Add(parameters.TryGetValue(name, out var value)
                    ? value
                    : throw new TextToSqlException("QUERY_REFUSED", $"The statement needs a value for @{name}, and the caller has none."));
                text.Append('?');
                i = end - 1;
            }
            else
            {
                text.Append(c);
            }
        }

        return (text.ToString(), values);
    }

    private static int EndOfQuoted(string sql, int start)
    {
        for (var i = start + 1; i < sql.Length; i++)
        {
            if (sql[i] is '\\' && sql[start] is not '`')
                i++;
            else if (sql[i] == sql[start])
                return i;
        }

        return sql.Length - 1;
    }
}
