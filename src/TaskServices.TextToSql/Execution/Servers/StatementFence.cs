using System.Collections.Frozen;
using TaskServices.TextToSql.Sql;
using TaskServices.TextToSql.Sql.Functions;

namespace TaskServices.TextToSql.Execution.Servers;

/// <summary>
/// The last look at a text before a server gets it, for engines without an authorizer: words only, no grammar, so that it shares no mistake
/// with parser and guard.
/// </summary>
/// <remarks>
/// What our own printer never writes is refused: a second statement, comments, another first word than SELECT, WITH or a parenthesis, INTO, locking
/// clauses, data-changing common tables, session variables, and every function that is not on the list of functions.
/// </remarks>
internal static class StatementFence
{
    /// <summary>Words that may stand before a parenthesis without being functions.</summary>
    private static readonly FrozenSet<string> Syntax = FrozenSet.ToFrozenSet(
        [
            "ALL", "AND", "ANY", "APPLY", "ARRAY", "AS", "BETWEEN", "BY", "CASE", "CHAR", "DECIMAL", "DISTINCT", "ELSE", "EXCEPT", "EXISTS", "FILTER", "FROM", "GROUP", "HAVING",
            "ILIKE", "IN", "INTERSECT", "INTERVAL", "IS", "JOIN", "LATERAL", "LIKE", "LIMIT", "MATERIALIZED", "NOT", "NUMERIC", "NVARCHAR", "OFFSET", "ON", "OR", "OVER",
            "QUALIFY", "SELECT", "SETS", "SOME", "THEN", "TIME", "TIMESTAMP", "TOP", "UNION", "USING", "VALUES", "VARCHAR", "WHEN", "WHERE", "WINDOW",
            "BINARY", "DATETIME2", "FLOAT", "NCHAR", "RECURSIVE", "ROW", "VARBINARY",
        ],
        StringComparer.OrdinalIgnoreCase);

    /// <summary>Functions that the printer writes as syntax, beside the table of functions.</summary>
    private static readonly FrozenSet<string> SyntaxFunctions = FrozenSet.ToFrozenSet(
        [
            "ADDDATE", "ANY_VALUE", "ARRAY_AGG", "CAST", "CONCAT", "CONVERT", "CONVERT_TZ", "CURRENT_TIMESTAMP", "DATE", "DATEADD", "DATEPART", "DATE_ADD", "DATE_PART", "DATE_SUB",
            "DATEDIFF", "DATE_FORMAT", "EXTRACT", "IF", "IIF", "ISNULL", "JSON_EXTRACT", "JSON_QUERY", "JSON_UNQUOTE", "JSON_VALUE", "LEFT", "LOCATE", "MONTH", "NULLIF", "OVERLAY", "POSITION",
            "RIGHT", "STRFTIME", "STRING_AGG", "SUBSTRING", "TIMESTAMPDIFF", "TRIM", "TRY_CAST", "YEAR", "DAY", "HOUR", "MINUTE", "SECOND",
        ],
        StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenDictionary<SqlDialect, FrozenSet<string>> Functions = Enum.GetValues<SqlDialect>().ToFrozenDictionary(
        dialect => dialect,
        dialect => SqlFunctions.All
            .Where(function => function.Exists(dialect))
            .Select(function => SqlFunctions.Spell(function.Name, dialect))
            .Concat(SyntaxFunctions)
            .ToFrozenSet(StringComparer.OrdinalIgnoreCase));

    /// <exception cref="TextToSqlException">Reason <c>QUERY_REFUSED</c>.</exception>
    public static void Check(string sql, SqlDialect dialect)
    {
        var words = WordReader.Read(sql, dialect);
        if (words.Count == 0 || !(words[0].Is("SELECT") || words[0].Is("WITH") || words[0].Is("(")))
            throw Refused("a statement that does not begin with SELECT");
        for (var i = 0; i < words.Count; i++)
            Check(words, i, Functions[dialect]);
    }

    /// <summary>Whether the printer of a dialect ever writes a function of this name.</summary>
    internal static bool IsFunction(string name, SqlDialect dialect) => Functions[dialect].Contains(name);

    internal static TextToSqlException Refused(string what) => new("QUERY_REFUSED", $"Only a single SELECT is executed; found {what}.");

    private static void Check(List<Word> words, int index, FrozenSet<string> functions)
    {
        var word = words[index];
        var before = index > 0 ? words[index - 1] : default;
        var after = index + 1 < words.Count ? words[index + 1] : default;
        if (word.Is("INTO") || word.Is("OUTFILE") || word.Is("DUMPFILE"))
            throw Refused("INTO");
        if ((word.Is("FOR") && (after.Is("UPDATE") || after.Is("SHARE") || after.Is("NO") || after.Is("KEY"))) || (word.Is("LOCK") && after.Is("IN")))
            throw Refused("a locking clause");
        if (before.Is("(") && word.IsAny("INSERT", "UPDATE", "DELETE", "MERGE", "REPLACE", "TABLE", "COPY", "CALL") && !after.Is("("))
            throw Refused("a statement inside the statement");
        if (word.IsName && after.Is("(") && !IsAllowed(words, index, functions))
            throw Refused($"a function that is not allowed: {word.Text}");
    }

    /// <summary>Whether the name before a parenthesis is syntax, the name of a derived or common table with its columns, or an allowed function.</summary>
    private static bool IsAllowed(List<Word> words, int index, FrozenSet<string> functions)
    {
        var word = words[index];
        if (!word.IsQuoted && Syntax.Contains(word.Text))
            return true;
        if (index > 0 && (words[index - 1].Is("AS") || words[index - 1].Is(")")))
            return true; // … AS name (column, …)
        if (index > 0 && words[index - 1].Is("."))
            return false; // schema.function(…)
        return (!word.IsQuoted && functions.Contains(word.Text)) || IsCommonTable(words, index);
    }

    /// <summary><c>name (column, …) AS (</c>, after WITH, RECURSIVE or a comma.</summary>
    private static bool IsCommonTable(List<Word> words, int index)
    {
        if (index == 0 || !(words[index - 1].Is("WITH") || words[index - 1].Is("RECURSIVE") || words[index - 1].Is(",")))
            return false;
        var end = index + 2;
        while (end < words.Count && (words[end].IsName || words[end].Is(",")))
            end++;
        return end + 2 < words.Count && words[end].Is(")") && words[end + 1].Is("AS") && (words[end + 2].Is("(") || words[end + 2].IsAny("MATERIALIZED", "NOT"));
    }
}
