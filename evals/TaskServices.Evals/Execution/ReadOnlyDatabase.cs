using System.Diagnostics;
using System.Text;
using SQLitePCL;

namespace TaskServices.Evals.Execution;

/// <summary>Executes gold and predicted queries on a private copy of a SQLite file that cannot be written.</summary>
/// <remarks>
/// <para>
/// The official Spider code cannot stop a query (its <c>asyncio.wait_for</c> surrounds a coroutine without an await) and the BIRD
/// code executes predictions on a writable connection, so that one prediction can change the next item. Here SQLite's own progress
/// handler interrupts, the connection is read-only, and an authorizer denies everything but reading: a read-only connection alone
/// still lets ATTACH and VACUUM INTO touch other files.
/// </para>
/// <para>Undecodable bytes in text are dropped, as in the official code. Not thread safe: one instance a worker.</para>
/// </remarks>
internal sealed class ReadOnlyDatabase : IDisposable
{
    /// <summary>Virtual-machine instructions between two looks at the clock: about 20 µs.</summary>
    private const int InstructionsPerCheck = 2_000;

    private static readonly Encoding DroppingUtf8 =
        Encoding.GetEncoding("utf-8", EncoderFallback.ExceptionFallback, new DecoderReplacementFallback(""));

    private readonly sqlite3 _connection;
    private readonly ExecutionLimits _limits;
    private readonly CancellationToken _cancellationToken;
    private long _deadline;
    private bool _denied;

    static ReadOnlyDatabase() => Batteries_V2.Init();

    /// <param name="path">A copy that nobody else writes.</param>
    /// <param name="cancellationToken">Interrupts the query that runs.</param>
    /// <exception cref="EvaluationException"><c>DATABASE_UNREADABLE</c>.</exception>
    public ReadOnlyDatabase(string path, ExecutionLimits limits, CancellationToken cancellationToken)
    {
        _limits = limits;
        _cancellationToken = cancellationToken;
        var code = raw.sqlite3_open_v2(path, out _connection, raw.SQLITE_OPEN_READONLY, null);
        if (code is raw.SQLITE_OK)
        {
            // Spider's gold queries put strings in double quotes; this build of SQLite has that switched off.
            raw.sqlite3_db_config(_connection, raw.SQLITE_DBCONFIG_DQS_DML, 1, out _);
            raw.sqlite3_limit(_connection, raw.SQLITE_LIMIT_ATTACHED, 0);
            code = raw.sqlite3_exec(_connection, "SELECT count(*) FROM sqlite_schema"); // a file that is no database fails here
        }

        if (code is not raw.SQLITE_OK)
        {
            _connection.Dispose();
            throw new EvaluationException("DATABASE_UNREADABLE", $"{path}: not a readable SQLite database (SQLite code {code}).");
        }

        raw.sqlite3_set_authorizer(_connection, Authorize, null);
        raw.sqlite3_progress_handler(_connection, InstructionsPerCheck, _ => MustStop() ? 1 : 0, null);
    }

    /// <summary>Executes one statement to its end, a limit or the time-out.</summary>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    public QueryOutcome Execute(string sql)
    {
        var start = Stopwatch.GetTimestamp();
        _deadline = start + (long)(_limits.Duration.TotalSeconds * Stopwatch.Frequency);
        _denied = false;
        var rows = new List<object?[]>();
        var (status, message) = Run(sql, rows);
        _cancellationToken.ThrowIfCancellationRequested();
        return new QueryOutcome(status, status is QueryStatus.Executed ? rows : [], message, Stopwatch.GetElapsedTime(start));
    }

    public void Dispose() => _connection.Dispose();

    private (QueryStatus Status, string? Message) Run(string sql, List<object?[]> rows)
    {
        if (sql.Contains('\0'))
        {
            return (QueryStatus.Invalid, "The text holds a NUL character.");
        }

        var code = raw.sqlite3_prepare_v2(_connection, sql, out var statement, out var tail);
        using (statement)
        {
            if (code is not raw.SQLITE_OK)
            {
                return _denied ? (QueryStatus.NotReadOnly, Message()) : MustStop() ? (QueryStatus.TimedOut, null) : (QueryStatus.Invalid, Message());
            }

            if (statement is null || statement.IsInvalid)
            {
                return (QueryStatus.Invalid, "The text holds no statement.");
            }

            if (HasStatement(tail))
            {
                return (QueryStatus.Invalid, "The text holds more than one statement.");
            }

            return raw.sqlite3_stmt_readonly(statement) is 0
                ? (QueryStatus.NotReadOnly, "The statement writes.")
                : Step(statement, rows);
        }
    }

    private (QueryStatus Status, string? Message) Step(sqlite3_stmt statement, List<object?[]> rows)
    {
        var columnCount = raw.sqlite3_column_count(statement);
        var bytes = 0L;
        while (true)
        {
            switch (raw.sqlite3_step(statement))
            {
                case raw.SQLITE_DONE:
                    return (QueryStatus.Executed, null);
                case raw.SQLITE_ROW:
                    var row = new object?[columnCount];
                    for (var i = 0; i < columnCount; i++)
                        row[i] = ReadCell(statement, i, ref bytes);
                    rows.Add(row);
                    if (rows.Count > _limits.Rows || bytes > _limits.Bytes)
                        return (QueryStatus.TooLarge, $"More than {_limits.Rows:N0} rows or {_limits.Bytes >> 20} MiB.");
                    break;
                case raw.SQLITE_INTERRUPT:
                    return (QueryStatus.TimedOut, $"Interrupted after {_limits.Duration.TotalSeconds:0.###} s.");
                default:
                    return (QueryStatus.Failed, Message());
            }
        }
    }

    private static object? ReadCell(sqlite3_stmt statement, int column, ref long bytes)
    {
        bytes += 32 + raw.sqlite3_column_bytes(statement, column); // object overhead counts as well
        return raw.sqlite3_column_type(statement, column) switch
        {
            raw.SQLITE_INTEGER => raw.sqlite3_column_int64(statement, column),
            raw.SQLITE_FLOAT => raw.sqlite3_column_double(statement, column),
            raw.SQLITE_TEXT => DroppingUtf8.GetString(raw.sqlite3_column_blob(statement, column)),
            raw.SQLITE_BLOB => new Blob(Convert.ToHexStringLower(raw.sqlite3_column_blob(statement, column))),
            _ => null,
        };
    }

    private bool HasStatement(string tail)
    {
        if (string.IsNullOrWhiteSpace(tail))
            return false;
        var code = raw.sqlite3_prepare_v2(_connection, tail, out var next);
        using (next)
            return code is not raw.SQLITE_OK || next is { IsInvalid: false }; // comments and stray semicolons prepare to nothing
    }

    private int Authorize(object? data, int action, string? first, string? second, string? database, string? trigger)
    {
        var allowed = action switch
        {
            raw.SQLITE_SELECT or raw.SQLITE_READ or raw.SQLITE_RECURSIVE => true,
            raw.SQLITE_FUNCTION => !string.Equals(second, "load_extension", StringComparison.OrdinalIgnoreCase),
            _ => false,
        };
        _denied |= !allowed;
        return allowed ? raw.SQLITE_OK : raw.SQLITE_DENY;
    }

    private bool MustStop() => _cancellationToken.IsCancellationRequested || Stopwatch.GetTimestamp() > _deadline;

    private string Message() => raw.sqlite3_errmsg(_connection).utf8_to_string();
}

/// <summary>Bounds on one execution.</summary>
internal sealed record ExecutionLimits(TimeSpan Duration, int Rows = 1_000_000, long Bytes = 512L << 20);
