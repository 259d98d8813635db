using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace TaskServices.TextToSql.Tests.Servers;

/// <summary>An independent parser of SQL Server's language.</summary>
internal static class TransactSql
{
    /// <summary>Gets the first syntax error of a statement; null where there is none.</summary>
    public static string? FindError(string sql)
    {
        var script = (TSqlScript)new TSql160Parser(initialQuotedIdentifiers: true).Parse(new StringReader(sql), out var errors);
        if (errors.Count > 0)
            return errors[0].Message;
        return script.Batches is [{ Statements: [SelectStatement { Into: null }] }] ? null : "not one SELECT";
    }
}
