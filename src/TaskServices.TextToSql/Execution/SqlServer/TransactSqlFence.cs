using System.Runtime.ExceptionServices;
using Microsoft.SqlServer.TransactSql.ScriptDom;
using TaskServices.TextToSql.Execution.Servers;

namespace TaskServices.TextToSql.Execution.SqlServer;

/// <summary>
/// The last look at a text before SQL Server gets it, by Microsoft's own parser: one batch with one SELECT, built of nothing but the nodes and
/// functions that our printer writes.
/// </summary>
internal static class TransactSqlFence
{
    private const int MaxCharacters = 1 << 16;
    private const int MaxNesting = 200;

    /// <summary>Texts up to this length cannot exhaust an ordinary stack in a parser that recurses.</summary>
    private const int ShortText = 2000;

    private const int DeepStack = 256 << 20;

    /// <returns>Names of the parameters, without their sign.</returns>
    /// <exception cref="TextToSqlException">Reason <c>QUERY_REFUSED</c>.</exception>
    public static IReadOnlyCollection<string> Check(string sql)
    {
        if (sql.Length > MaxCharacters)
            throw StatementFence.Refused($"more than {MaxCharacters} characters");
        if (IsNestedTooDeep(sql))
            throw StatementFence.Refused($"more than {MaxNesting} parentheses within each other, or as many CASE");
        return sql.Length <= ShortText ? Parse(sql) : ParseOnDeepStack(sql);
    }

    private static IReadOnlyCollection<string> ParseOnDeepStack(string sql)
    {
        // A stack overflow cannot be caught: whoever bypasses the guard could end the process with a long chain of operators.
        IReadOnlyCollection<string> names = [];
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(
            () =>
            {
                try
                {
                    names = Parse(sql);
                }
#pragma warning disable CA1031 // Rethrown on the caller's thread.
                catch (Exception exception)
#pragma warning restore CA1031
                {
                    failure = ExceptionDispatchInfo.Capture(exception);
                }
            },
            DeepStack);
        thread.Start();
        thread.Join();
        failure?.Throw();
        return names;
    }

    private static HashSet<string> Parse(string sql)
    {
        using var text = new StringReader(sql);
        var parsed = new TSql160Parser(initialQuotedIdentifiers: true).Parse(text, out var errors);
        if (errors.Count > 0)
            throw StatementFence.Refused("what is no Transact-SQL");
        if (parsed is not TSqlScript { Batches: [{ Statements: [SelectStatement select] }] })
            throw StatementFence.Refused("another statement, or more than one");
        if (parsed.ScriptTokenStream.Any(token => token.TokenType is TSqlTokenType.SingleLineComment or TSqlTokenType.MultilineComment or TSqlTokenType.Semicolon))
            throw StatementFence.Refused("a comment or a semicolon");
        var visitor = new AllowedNodes(select);
        select.Accept(visitor);
        return visitor.Parameters;
    }

    private static bool IsNestedTooDeep(string sql)
    {
        // Parentheses and words within texts count too: a text of hundreds of them is refused with the rest.
        int depth = 0, deepest = 0, cases = 0;
        for (var i = 0; i < sql.Length; i++)
        {
            depth = sql[i] is '(' ? depth + 1 : sql[i] is ')' ? Math.Max(depth - 1, 0) : depth;
            deepest = Math.Max(deepest, depth);
            if (sql[i] is 'C' or 'c' && sql.AsSpan(i).StartsWith("CASE", StringComparison.OrdinalIgnoreCase))
                cases++;
        }

        return deepest > MaxNesting || cases > MaxNesting;
    }
}
