using System.Diagnostics;
using TaskServices.TextToSql.Execution;
using TaskServices.TextToSql.Guard;
using TaskServices.TextToSql.Schema;
using TaskServices.TextToSql.Sql;
using TaskServices.TextToSql.Sql.Parsing;
using TaskServices.TextToSql.Sql.Printing;
using TaskServices.TextToSql.Sql.Translation;

namespace TaskServices.TextToSql.Linking;

/// <summary>Reads the values of a server's text columns by statements that pass the guard, so never more than the grant allows.</summary>
internal static class ServerValues
{
    private static readonly TimeSpan ColumnTime = TimeSpan.FromSeconds(2);

    /// <summary>Gets the bounds: a server has other work than these statements.</summary>
    public static ValueIndexLimits Limits { get; } = ValueIndexLimits.Default with { RowsPerColumn = 100_000, Duration = TimeSpan.FromSeconds(10) };

    /// <param name="schema">What the guard resolves names against.</param>
    /// <param name="shown">The tables and columns whose values may be shown.</param>
    /// <exception cref="TextToSqlException">The server cannot be reached or refuses the login; a column that cannot be read is left out.</exception>
    public static async Task<ValueIndex> ReadAsync(
        IQueryExecutor executor,
        SqlDialect dialect,
        DatabaseSchema schema,
        DatabaseSchema shown,
        AccessGrant grant,
        ValueIndexLimits limits,
        CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        var builder = new ValueIndexBuilder(limits);
        foreach (var (table, column) in shown.Tables.SelectMany(table => table.Columns.Where(column => column.Type is ColumnType.Text).Select(column => (table.Name, column.Name))))
        {
            var remaining = limits.Duration - Stopwatch.GetElapsedTime(started);
            if (builder.IsFull || remaining <= TimeSpan.Zero)
            {
                builder.IsComplete = false;
                break;
            }

            var bounds = new QueryLimits(limits.ValuesPerColumn, limits.TotalBytes, 4 * limits.ValueLength, remaining < ColumnTime ? remaining : ColumnTime);
            if (Write(table, column, dialect, schema, grant, limits) is not { } query || !await TryAddAsync(executor, query, grant, bounds, new StoredValue(table, column, ""), builder, cancellationToken).ConfigureAwait(false))
                builder.IsComplete = false;
        }

        return new(builder);
    }

    /// <summary>Writes the statement that reads a column; null where the guard refuses it.</summary>
    private static ExecutableQuery? Write(string table, string column, SqlDialect dialect, DatabaseSchema schema, AccessGrant grant, ValueIndexLimits limits)
    {
        var (from, value) = (SqlPrinter.PrintName(table, SqlDialect.Sqlite), SqlPrinter.PrintName(column, SqlDialect.Sqlite));
        var text = FormattableString.Invariant(
            $"SELECT DISTINCT v FROM (SELECT {value} AS v FROM {from} LIMIT {limits.RowsPerColumn}) AS s WHERE length(v) BETWEEN 1 AND {limits.ValueLength}");
        var query = SqlTranslator.Translate(SqlParser.Parse(text, SqlDialect.Sqlite), schema, dialect);
        var verdict = SqlGuard.Check(query, dialect, schema, grant, new() { RowLimit = limits.ValuesPerColumn + 1 }).Verdict;
        return verdict.Accepted ? new(verdict.ExecutableSql!, verdict.Parameters) : null;
    }

    /// <returns>Whether the column has been read to its end.</returns>
    private static async Task<bool> TryAddAsync(
        IQueryExecutor executor, ExecutableQuery query, AccessGrant grant, QueryLimits bounds, StoredValue column, ValueIndexBuilder builder, CancellationToken cancellationToken)
    {
        try
        {
            var result = await executor.ExecuteAsync(query, grant, bounds, cancellationToken).ConfigureAwait(false);
            await using (result.ConfigureAwait(false))
            {
                await foreach (var row in result.ReadRowsAsync(cancellationToken).ConfigureAwait(false))
                {
                    if (builder.IsFull)
                        return false;
                    if (row[0] is string value)
                        builder.Add(column with { Text = value });
                }

                return result.TruncatedBy is null;
            }
        }
        catch (TextToSqlException exception) when (exception.Reason is "QUERY_FAILED" or "QUERY_TIMED_OUT" or "QUERY_REFUSED" or "QUERY_TOO_LARGE")
        {
            // A type without length, a view that no longer works, a table that is too slow: what was read so far serves.
            return false;
        }
    }
}
