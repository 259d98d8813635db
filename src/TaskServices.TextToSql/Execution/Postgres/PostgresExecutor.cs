using System.Data.Common;
using System.Globalization;
using System.Text.Json;
using Dapper;
using Npgsql;
using NpgsqlTypes;
using TaskServices.TextToSql.Execution.Servers;
using TaskServices.TextToSql.Sql;

namespace TaskServices.TextToSql.Execution.Postgres;

/// <summary>Executes on PostgreSQL: a read-only transaction that is always rolled back, server-side limits, one statement by the protocol itself.</summary>
/// <remarks>
/// What the role may do bounds everything else: functions with side effects (advisory locks, <c>set_config</c>, large objects) are closed by the word
/// fence, and by the role of docs/operations.md at the server.
/// </remarks>
internal sealed class PostgresExecutor : ServerExecutor
{
    private readonly NpgsqlDataSource _source;

    /// <param name="connectionString">Npgsql's connection string.</param>
    public PostgresExecutor(string connectionString)
    {
        var builder = new NpgsqlConnectionStringBuilder(connectionString)
        {
            ApplicationName = "taskservices",
            Enlist = false,
            IncludeErrorDetail = false,
            NoResetOnClose = false,
            Options = "-c default_transaction_read_only=on",
            CommandTimeout = 0, // the deadline's token and statement_timeout end a statement
        };
        Place = $"postgres://{builder.Host}:{builder.Port}/{builder.Database}";
        _source = NpgsqlDataSource.Create(builder);
    }

    protected override SqlDialect Dialect => SqlDialect.Postgres;

    protected override string Place { get; }

    public override ValueTask DisposeAsync() => _source.DisposeAsync();

    protected override async Task<DbConnection> OpenAsync(CancellationToken cancellationToken) =>
        await _source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);

    protected override async Task<DbCommand> BeginAsync(DbConnection connection, ExecutableQuery query, QueryLimits limits, QueryDeadline deadline)
    {
        // Closing the connection rolls back. The last SELECT matters: after it the transaction cannot be made writable any more (25001).
        var milliseconds = (long)Math.Ceiling(deadline.Remaining.TotalMilliseconds);
        await connection.ExecuteAsync(new CommandDefinition(
            FormattableString.Invariant(
                $"""
                 BEGIN TRANSACTION READ ONLY; SET LOCAL statement_timeout = {milliseconds}; SET LOCAL lock_timeout = {Math.Min(milliseconds, 2000)};
                 SET LOCAL idle_in_transaction_session_timeout = {milliseconds + 5000}; SET LOCAL standard_conforming_strings = on; SET LOCAL DateStyle = 'ISO';
                 SET LOCAL TimeZone = 'UTC'; SET LOCAL bytea_output = 'hex'; SELECT 1
                 """),
            cancellationToken: deadline.Token)).ConfigureAwait(false);
        if (limits.PlanCost is { } maximum)
            await CheckCostAsync(connection, query, maximum, deadline).ConfigureAwait(false);
        return CreateCommand(connection, query, "");
    }

    internal override object? ReadCell(DbDataReader reader, int column, ServerCells cells)
    {
        // https://www.postgresql.org/docs/15/catalog-pg-type.html; the numbers of the built-in types never change.
        const uint boolean = 16, bytes = 17, int8 = 20, int2 = 21, int4 = 23, oid = 26, float4 = 700, float8 = 701, date = 1082, timestamp = 1114, timestamptz = 1184, numeric = 1700;
        var text = cells.ReadText(reader, column);
        return ((NpgsqlDataReader)reader).GetDataTypeOID(column) switch
        {
            boolean => text is "t",
            int2 or int4 or int8 or oid => long.Parse(text, CultureInfo.InvariantCulture),
            float4 or float8 => double.Parse(text, CultureInfo.InvariantCulture),
            numeric => DecimalText.Read(text),
            date when DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) => day,
            timestamp when DateTime.TryParseExact(text, "yyyy-MM-dd HH:mm:ss.FFFFFF", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) => time,
            timestamptz when DateTimeOffset.TryParseExact(text, "yyyy-MM-dd HH:mm:ss.FFFFFFzz", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) => time.UtcDateTime,
            bytes when text.StartsWith("\\x", StringComparison.Ordinal) => Convert.FromHexString(text.AsSpan(2, (text.Length - 2) & ~1).TrimEnd('…')),
            _ => text,
        };
    }

    protected override Exception ToTyped(Exception exception) => exception switch
    {
        // https://www.postgresql.org/docs/15/errcodes-appendix.html
        PostgresException { SqlState: "57014" } => new TextToSqlException("QUERY_TIMED_OUT", "The server stopped the query after its own time limit; ask for less, or narrow it.", exception),
        PostgresException { SqlState: "42501" or "25006" or "25001" or "0A000" or "42601" } => Refused(exception),
        PostgresException { SqlState: "55P03" or "40P01" } => new TextToSqlException("DATABASE_LOCKED", $"{Place}: another session holds what the query needs; try again.", exception),
        PostgresException { SqlState: "3D000" } => new TextToSqlException("DATABASE_NOT_FOUND", $"{Place}: the server has no such database.", exception),
        PostgresException { SqlState: "28P01" or "28000" } => LoginFailed(exception),
        PostgresException { SqlState: ['5', '4', ..] } => new TextToSqlException("QUERY_TOO_LARGE", "The statement is larger than the engine is allowed to handle; ask for less.", exception),
        PostgresException { SqlState: ['5', '3', ..] or "57P03" } => new TextToSqlException("DATABASE_BUSY", $"{Place}: the server has no room for another query; try again.", exception),
        PostgresException => Failed(exception),
        NpgsqlException { InnerException: TimeoutException } => new TextToSqlException("DATABASE_BUSY", $"{Place}: no connection came free in time; try again.", exception),
        NpgsqlException => Unreachable(exception),
        _ => Failed(exception),
    };

    private static NpgsqlCommand CreateCommand(DbConnection connection, ExecutableQuery query, string prefix)
    {
        var (sql, names) = PositionalParameters.Write(query.Sql);
#pragma warning disable CA2100 // The guard's re-print.
        var command = new NpgsqlCommand(prefix + sql, (NpgsqlConnection)connection);
#pragma warning restore CA2100

        // Text keeps every type without loss: numerics of any length, arrays, ranges, domains, types of extensions.
        command.AllResultTypesAreUnknown = true;
        foreach (var name in names)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = query.Parameters.TryGetValue(name, out var value) ? value ?? DBNull.Value : throw Missing(name) });
        }

        // Without any parameter the driver would cut the text at its semicolons and run every piece.
        if (names.Count == 0)
            command.Parameters.Add(new NpgsqlParameter { Value = 0, NpgsqlDbType = NpgsqlDbType.Integer });
        return command;
    }

    private static TextToSqlException Missing(string name) => new("QUERY_REFUSED", $"The statement needs a value for :{name}, and the caller has none.");

    private static async Task CheckCostAsync(DbConnection connection, ExecutableQuery query, double maximum, QueryDeadline deadline)
    {
        var command = CreateCommand(connection, query, "EXPLAIN (FORMAT JSON) ");
        await using (command.ConfigureAwait(false))
        {
            var plan = (string)(await command.ExecuteScalarAsync(deadline.Token).ConfigureAwait(false))!;
            using var document = JsonDocument.Parse(plan, new JsonDocumentOptions { MaxDepth = 512 });
            var cost = document.RootElement[0].GetProperty("Plan").GetProperty("Total Cost").GetDouble();
            if (cost > maximum)
            {
                throw new TextToSqlException(
                    "QUERY_TOO_EXPENSIVE", FormattableString.Invariant($"The server expects a cost of {cost:0} for the query; {maximum:0} is allowed. Narrow the question."));
            }
        }
    }
}
