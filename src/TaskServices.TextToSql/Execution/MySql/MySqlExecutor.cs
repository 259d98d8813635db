using System.Data.Common;
using System.Globalization;
using Dapper;
using MySqlConnector;
using TaskServices.TextToSql.Execution.Servers;
using TaskServices.TextToSql.Sql;

namespace TaskServices.TextToSql.Execution.MySql;

/// <summary>Executes on MySQL and MariaDB: a read-only transaction, server-side time limit, one statement by the server's own PREPARE.</summary>
/// <remarks>
/// The server takes several statements in one text, but its PREPARE takes a single one. Functions with side effects (<c>GET_LOCK</c>) and file functions
/// are closed by the word fence, and by an account without the FILE privilege.
/// </remarks>
internal sealed class MySqlExecutor : ServerExecutor
{
    private readonly MySqlDataSource _source;

    /// <param name="connectionString">MySqlConnector's connection string.</param>
    public MySqlExecutor(string connectionString)
    {
        var builder = new MySqlConnectionStringBuilder(connectionString)
        {
            ApplicationName = "taskservices",
            AllowLoadLocalInfile = false,
            AllowUserVariables = true, // for PREPARE; the word fence refuses any that a statement brings
            AllowZeroDateTime = true,
            AutoEnlist = false,
            CharacterSet = "utf8mb4",
            ConnectionReset = true,
            DefaultCommandTimeout = 0, // the deadline's token and the server's own limit end a statement
            GuidFormat = MySqlGuidFormat.None,
            TreatTinyAsBoolean = false,
        };
        Place = $"mysql://{builder.Server}:{builder.Port}/{builder.Database}";
        _source = new MySqlDataSource(builder.ToString());
    }

    protected override SqlDialect Dialect => SqlDialect.MySql;

    protected override string Place { get; }

    public override ValueTask DisposeAsync() => _source.DisposeAsync();

    protected override async Task<DbConnection> OpenAsync(CancellationToken cancellationToken) =>
        await _source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);

    protected override async Task<DbCommand> BeginAsync(DbConnection connection, ExecutableQuery query, QueryLimits limits, QueryDeadline deadline)
    {
        var remaining = deadline.Remaining;
        var timeLimit = connection.ServerVersion.Contains("MariaDB", StringComparison.OrdinalIgnoreCase)
            ? FormattableString.Invariant($"max_statement_time = {remaining.TotalSeconds:0.000}")
            : FormattableString.Invariant($"max_execution_time = {(long)Math.Ceiling(remaining.TotalMilliseconds)}");
        var (sql, used) = MarkedParameters.Write(query.Sql, query.Parameters);
        var values = new DynamicParameters();
        values.Add("text", sql);
        for (var i = 0; i < used.Count; i++)
            values.Add(FormattableString.Invariant($"value{i}"), used[i]);
        var variables = Enumerable.Range(0, used.Count).Select(i => FormattableString.Invariant($", @taskservices_{i} = @value{i}"));
        await connection.ExecuteAsync(new CommandDefinition(
            $"""
             SET SESSION {timeLimit}, lock_wait_timeout = 2, innodb_lock_wait_timeout = 2, time_zone = '+00:00',
             sql_mode = 'STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION', @taskservices = @text{string.Concat(variables)};
             START TRANSACTION READ ONLY; PREPARE taskservices FROM @taskservices
             """,
            values,
            cancellationToken: deadline.Token)).ConfigureAwait(false);
        var arguments = Enumerable.Range(0, used.Count).Select(i => FormattableString.Invariant($"@taskservices_{i}"));
#pragma warning disable CA2100 // Fixed words and numbers.
        return new MySqlCommand(
            used.Count == 0 ? "EXECUTE taskservices" : "EXECUTE taskservices USING " + string.Join(", ", arguments), (MySqlConnection)connection);
#pragma warning restore CA2100
    }

    internal override object? ReadCell(DbDataReader reader, int column, ServerCells cells)
    {
        var mysql = (MySqlDataReader)reader;
        var type = reader.GetDataTypeName(column);
        if (type is "DECIMAL")
            return DecimalText.Read(mysql.GetMySqlDecimal(column).ToString());
        if (type is "BLOB" or "TINYBLOB" or "MEDIUMBLOB" or "LONGBLOB" or "BINARY" or "VARBINARY" or "GEOMETRY")
            return cells.ReadBytes(reader, column);
        if (reader.GetFieldType(column) == typeof(string))
            return cells.ReadText(reader, column);
        return reader.GetValue(column) switch
        {
            MySqlDateTime { IsValidDateTime: false } zero => zero.ToString(),
            MySqlDateTime time => type is "DATE" ? DateOnly.FromDateTime(time.GetDateTime()) : time.GetDateTime(),
            TimeSpan time => time.ToString("c", CultureInfo.InvariantCulture),
            ulong number when number > long.MaxValue => (decimal)number,
            float or double => Convert.ToDouble(reader.GetValue(column), CultureInfo.InvariantCulture),
            sbyte or byte or short or ushort or int or uint or long or ulong => Convert.ToInt64(reader.GetValue(column), CultureInfo.InvariantCulture),
            byte[] bytes => bytes,
            var other => Convert.ToString(other, CultureInfo.InvariantCulture),
        };
    }

    protected override Exception ToTyped(Exception exception) => exception is not MySqlException mysql ? Failed(exception) : (int)mysql.ErrorCode switch
    {
        // https://mariadb.com/kb/en/mariadb-error-code-reference/
        1317 or 1969 or 3024 => new TextToSqlException("QUERY_TIMED_OUT", "The server stopped the query after its own time limit; ask for less, or narrow it.", exception),
        1044 or 1045 or 1698 => LoginFailed(exception),
        1049 => new TextToSqlException("DATABASE_NOT_FOUND", $"{Place}: the server has no such database.", exception),
        1064 or 1142 or 1143 or 1227 or 1290 or 1295 or 1370 or 1792 => Refused(exception),
        1205 or 1213 or 3572 => new TextToSqlException("DATABASE_LOCKED", $"{Place}: another session holds what the query needs; try again.", exception),
        1040 or 1203 or 1226 => new TextToSqlException("DATABASE_BUSY", $"{Place}: the server has no room for another query; try again.", exception),
        (int)MySqlErrorCode.UnableToConnectToHost or 2002 or 2003 or 2006 or 2013 => Unreachable(exception),
        1105 or 1114 or 1153 or 3170 => new TextToSqlException("QUERY_TOO_LARGE", "The statement or its result is larger than the engine is allowed to handle; ask for less.", exception),
        _ => Failed(exception),
    };
}
