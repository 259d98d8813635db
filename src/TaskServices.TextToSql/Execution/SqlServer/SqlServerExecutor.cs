using System.Data.Common;
using Dapper;
using Microsoft.Data.SqlClient;
using TaskServices.TextToSql.Execution.Servers;
using TaskServices.TextToSql.Sql;

namespace TaskServices.TextToSql.Execution.SqlServer;

/// <summary>Executes on SQL Server: one SELECT by an independent parser, in a transaction that is always rolled back.</summary>
/// <remarks>
/// The server knows no read-only transaction, and it runs every statement of a text: the parser fence stands in for both, and beneath it the rights
/// of the login. A rollback does not undo what linked servers and sequences did; the fence refuses both.
/// </remarks>
internal sealed class SqlServerExecutor : ServerExecutor
{
    private const int LongestLockWait = 2000;
    private readonly string _connectionString;

    /// <param name="connectionString">Microsoft.Data.SqlClient's connection string.</param>
    public SqlServerExecutor(string connectionString)
    {
        var builder = new SqlConnectionStringBuilder(connectionString)
        {
            ApplicationIntent = ApplicationIntent.ReadOnly,
            ApplicationName = "taskservices",
            CommandTimeout = 0, // the deadline's token ends a statement
            ConnectRetryCount = 0, // a session that the driver restores silently would be without its fences
            Enlist = false,
            MultipleActiveResultSets = false,
            PersistSecurityInfo = false,
        };
        Place = $"sqlserver://{builder.DataSource.Replace(',', ':')}/{builder.InitialCatalog}";
        _connectionString = builder.ToString();
    }

    protected override SqlDialect Dialect => SqlDialect.SqlServer;

    protected override string Place { get; }

    public override ValueTask DisposeAsync()
    {
        using var connection = new SqlConnection(_connectionString);
        SqlConnection.ClearPool(connection);
        return ValueTask.CompletedTask;
    }

    protected override async Task<DbConnection> OpenAsync(CancellationToken cancellationToken)
    {
        SqlServerCultures.Require(Place);
        var connection = new SqlConnection(_connectionString);
        try
        {
            await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    protected override async Task<DbCommand> BeginAsync(DbConnection connection, ExecutableQuery query, QueryLimits limits, QueryDeadline deadline)
    {
        var names = TransactSqlFence.Check(query.Sql);
        var lockWait = (long)Math.Ceiling(Math.Min(deadline.Remaining.TotalMilliseconds, LongestLockWait));

        // Two bytes a character and some more than the limit, so that a cut is seen.
        var textSize = Math.Min((2L * limits.CellBytes) + 16, int.MaxValue);
        var cost = limits.PlanCost is { } maximum ? Math.Clamp((long)Math.Ceiling(maximum), 1, int.MaxValue) : 0;
        await connection.ExecuteAsync(new CommandDefinition(
            FormattableString.Invariant(
                $"""
                 SET LOCK_TIMEOUT {lockWait}; SET QUERY_GOVERNOR_COST_LIMIT {cost}; SET TEXTSIZE {textSize}; SET ROWCOUNT 0; SET DEADLOCK_PRIORITY LOW;
                 SET XACT_ABORT ON; SET IMPLICIT_TRANSACTIONS OFF; SET QUOTED_IDENTIFIER ON; SET ANSI_NULLS ON; SET LANGUAGE us_english
                 """),
            cancellationToken: deadline.Token)).ConfigureAwait(false);

        // Closing the connection rolls back.
        var transaction = (SqlTransaction)await connection.BeginTransactionAsync(deadline.Token).ConfigureAwait(false);
#pragma warning disable CA2100 // The guard's re-print.
        var command = new SqlCommand(query.Sql, (SqlConnection)connection, transaction);
#pragma warning restore CA2100
        foreach (var name in names)
            command.Parameters.Add(new SqlParameter("@" + name, query.Parameters.TryGetValue(name, out var value) ? value ?? DBNull.Value : throw Missing(name)));
        return command;
    }

    internal override object? ReadCell(DbDataReader reader, int column, ServerCells cells) => SqlServerCells.Read((SqlDataReader)reader, column, cells);

    protected override Exception ToTyped(Exception exception) => exception switch
    {
        SqlException sql => SqlServerErrors.ToTyped(sql, Place) ?? (sql.Number is 18452 or 18456 or 18470 or 18486 or 18487 or 18488 ? LoginFailed(sql)
            : SqlServerErrors.IsRefusal(sql.Number) ? Refused(sql)
            : SqlServerErrors.IsFailedEncryption(sql) ? Unencrypted(sql)
            : SqlServerErrors.IsLostConnection(sql) ? Unreachable(sql)
            : Failed(sql)),

        // The pool has no type of its own for this.
        InvalidOperationException when exception.Message.Contains("pool", StringComparison.OrdinalIgnoreCase) =>
            new TextToSqlException("DATABASE_BUSY", $"{Place}: no connection came free in time; try again.", exception),
        _ => Failed(exception),
    };

    private TextToSqlException Unencrypted(Exception exception) => new(
        "DATABASE_UNREACHABLE",
        $"{Place}: no connection whose encryption can be trusted; give the server a certificate that this machine trusts, or end the URL in ?trustServerCertificate=true or ?encrypt=false.",
        exception);

    private static TextToSqlException Missing(string name) => new("QUERY_REFUSED", $"The statement needs a value for @{name}, and the caller has none.");
}
