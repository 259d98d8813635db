using System.Globalization;
using TaskServices.TextToSql.Schema;
using TaskServices.TextToSql.Sql;
using TaskServices.TextToSql.Sql.Ast;
using TaskServices.TextToSql.Sql.Binding;
using TaskServices.TextToSql.Sql.Parsing;
using TaskServices.TextToSql.Sql.Printing;

namespace TaskServices.TextToSql.Guard;

/// <summary>Decides whether a statement may run: one SELECT, of allowed tables, columns and functions, within bounds. Fails closed.</summary>
/// <remarks>What may run is only the verdict's re-print, never the text that came in. Thread safe.</remarks>
public static class SqlGuard
{
    /// <summary>Checks a text.</summary>
    public static GuardResult Check(string sql, SqlDialect dialect, DatabaseSchema schema, AccessGrant grant, GuardOptions options)
    {
        ArgumentNullException.ThrowIfNull(sql);
        return Guarded(() => CheckQuery(SqlParser.Parse(sql, dialect), dialect, schema, grant, options), sql);
    }

    /// <summary>Checks a parsed query.</summary>
    public static GuardResult Check(Query query, SqlDialect dialect, DatabaseSchema schema, AccessGrant grant, GuardOptions options)
    {
        ArgumentNullException.ThrowIfNull(query);
        return Guarded(() => CheckQuery(query, dialect, schema, grant, options), null);
    }

    private static GuardResult CheckQuery(Query query, SqlDialect dialect, DatabaseSchema schema, AccessGrant grant, GuardOptions options)
    {
        var bound = SqlBinder.Bind(query, schema, dialect, grant);
        QueryRules.Check(bound, dialect, options);
        var safe = RowPolicies.Apply(bound, grant);
        var sql = SqlPrinter.Print(safe, dialect);

        // What is printed must read as what was checked; anything else is a defect, and is refused rather than run.
        var again = SqlParser.Parse(sql, dialect);
        if (SqlPrinter.Print(again, dialect) != sql)
            throw new GuardRefusalException("NOT_STABLE", "The statement cannot be written without changing its meaning.");
        var executable = SqlPrinter.Print(Limited(safe, options.RowLimit), dialect);
        var parameters = ParameterSearch.Find(safe).ToDictionary(name => name, name => grant.Parameters[name]);
        var verdict = new GuardVerdict { Accepted = true, Sql = sql, ExecutableSql = executable, Parameters = parameters };
        return new(verdict, bound.Query);
    }

    private static Query Limited(Query query, int rowLimit)
    {
        if (rowLimit <= 0)
            return query;
        if (query.Limit is NumberLiteral number && long.TryParse(number.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var own) && own <= rowLimit)
            return query;
        return query with { Limit = new NumberLiteral(rowLimit.ToString(CultureInfo.InvariantCulture)) };
    }

    private static GuardResult Guarded(Func<GuardResult> check, string? text)
    {
        try
        {
            return check();
        }
        catch (TextToSqlException refusal)
        {
            var where = refusal is SqlBindingException { Offset: >= 0 } binding && text is not null ? Position(text, binding.Offset) : "";
            return new(new GuardVerdict { Accepted = false, Reason = refusal.Reason, Message = where + refusal.Message }, null);
        }
    }

    private static string Position(string text, int offset)
    {
        var before = text.AsSpan(0, Math.Min(offset, text.Length));
        return FormattableString.Invariant($"Line {before.Count('\n') + 1}, column {before.Length - before.LastIndexOf('\n')}: ");
    }
}
