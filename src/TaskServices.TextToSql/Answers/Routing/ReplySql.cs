using System.Text.RegularExpressions;

namespace TaskServices.TextToSql.Answers.Routing;

/// <summary>What a chat model is told about its reply, and the statement in what it wrote.</summary>
internal static partial class ReplySql
{
    private const string Abstention = "UNANSWERABLE";

    /// <param name="dialect">Name of the SQL dialect, as a model knows it.</param>
    public static string Instruction(string dialect) =>
        $"You translate questions into {dialect} queries. Answer with one SELECT statement and nothing else. " +
        $"If the database cannot answer the question, answer with the single word {Abstention}.";

    /// <summary>Takes the statement out of a reply: the last code block if there is one, else the whole text. Null for an abstention.</summary>
    public static string? Extract(string text)
    {
        var blocks = CodeBlock().Matches(text);
        var sql = (blocks.Count > 0 ? blocks[^1].Groups[1].Value : text).Trim().TrimEnd(';').Trim();
        return sql.Length == 0 || sql.StartsWith(Abstention, StringComparison.OrdinalIgnoreCase) ? null : sql;
    }

    // The first word is the block's language where it says so or stands alone on its line; a statement's first word is not.
    [GeneratedRegex(
        @"```(?:sql(?:ite)?\b|(?!select\b|with\b)[a-z0-9]*[ \t]*\r?\n)?(.*?)```",
        RegexOptions.Singleline | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex CodeBlock();
}
