namespace TaskServices.Evals.Metrics.Spider;

/// <summary>Cuts a query into lower-case tokens; strings keep their case and come in double quotes.</summary>
/// <remarks>
/// As in <c>process_sql.tokenize</c> a single quote counts as a double one, so an apostrophe inside a string breaks the query. The
/// official code leaves <c>a=1</c> in one piece (NLTK does not split there) and then fails; here operators need no spaces around them.
/// </remarks>
internal static class SpiderTokenizer
{
    /// <exception cref="SpiderParseException">Quotes do not pair up.</exception>
    public static IReadOnlyList<string> Tokenize(string sql)
    {
        var tokens = new List<string>();
        for (var i = 0; i < sql.Length;)
        {
            var start = i;
            if (char.IsWhiteSpace(sql[i]))
            {
                i++;
                continue;
            }

            if (IsQuote(sql[i]))
            {
                var end = sql.AsSpan(i + 1).IndexOfAny('\'', '"');
                if (end < 0)
                    throw new SpiderParseException("Quotes do not pair up.");
                i += end + 2;
                tokens.Add("\"" + sql[(start + 1)..(i - 1)] + "\"");
                continue;
            }

            if (IsWordStart(sql, i))
            {
                for (i++; i < sql.Length && IsWordPart(sql[i]);)
                    i++;
                tokens.Add(sql[start..i].ToLowerInvariant());
                continue;
            }

            i++;
            if (sql[start] is '=' && tokens is [.., "!" or ">" or "<"])
                tokens[^1] += "=";
            else
                tokens.Add(sql[start..i]);
        }

        return tokens;
    }

    private static bool IsQuote(char character) => character is '\'' or '"';

    private static bool IsWordStart(string sql, int index) =>
        IsWordPart(sql[index]) || (sql[index] is '-' && index + 1 < sql.Length && char.IsAsciiDigit(sql[index + 1]));

    private static bool IsWordPart(char character) => char.IsLetterOrDigit(character) || character is '_' or '.' or '$' or '%' or '`';
}

/// <summary>The query is outside what Spider's mini-parser accepts; it says nothing about the query's worth.</summary>
internal sealed class SpiderParseException(string message) : Exception(message);
