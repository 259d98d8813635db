using System.Data.Common;
using System.Text.Json;

namespace TaskServices.TextToSql.Audit;

/// <summary>
/// Appends records to a file, each chained to the one before and on the disk (fsync) before the call returns. Every record is written under a lock
/// of the file <c>PATH.lock</c>, so that processes may share a log. Or appends them to a table: see <see cref="AuditTable"/>.
/// </summary>
/// <remarks>Safe for use from several threads.</remarks>
public sealed class AuditLog
{
    private static readonly TimeSpan LockWait = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly AuditSettings _settings;
    private readonly Action<string> _warn;
    private readonly TimeProvider _clock;
    private readonly AuditTable? _table;

    private long _length;
    private long _sequence;
    private string _hash = AuditLine.NoHash;

    private AuditLog(AuditSettings settings, IEnumerable<string> secrets, Action<string> warn, TimeProvider clock)
    {
        (_settings, _warn, _clock) = (settings, warn, clock);
        _table = AuditTable.IsUrl(settings.Path) ? AuditTable.Open(settings.Path, settings.Password) : null;
        Text = new(_table?.Password is { } password ? secrets.Append(password) : secrets);
    }

    /// <summary>Gets what takes secrets out of texts.</summary>
    internal AuditText Text { get; }

    /// <summary>Opens a log, or begins one. A record that a killed process left half written is closed by a record that says so.</summary>
    /// <param name="secrets">Values that no record may have, as passwords of databases.</param>
    /// <param name="warn">Hears of failures where the settings say to go on.</param>
    /// <exception cref="AuditException">The file cannot be written or continued, and the settings say to stop then.</exception>
    public static AuditLog Open(AuditSettings settings, IEnumerable<string> secrets, Action<string> warn, TimeProvider? clock = null)
    {
        var log = new AuditLog(settings, secrets, warn, clock ?? TimeProvider.System);
        log.Guarded(() => log.Append(null, _ => { }));
        return log;
    }

    /// <summary>Appends one record.</summary>
    /// <returns>Its number; null where it could not be written and the settings say to go on.</returns>
    /// <exception cref="AuditException">It could not be written.</exception>
    internal Task<long?> AppendAsync(string kind, Action<Utf8JsonWriter> writeFields) =>
        Task.Run(() => Guarded(() => Append(kind, writeFields)), CancellationToken.None);

    private long? Guarded(Func<long> append)
    {
        try
        {
            lock (_gate)
                return append();
        }
        catch (AuditException exception) when (_settings.ContinueOnFailure)
        {
            _warn(exception.Message);
            return null;
        }
    }

    /// <param name="kind">Null for no record: only what is torn is repaired.</param>
    private long Append(string? kind, Action<Utf8JsonWriter> writeFields)
    {
        if (_table is not null)
            return AppendRow(_table, kind, writeFields);
        try
        {
            using var processes = Lock();
            using var file = new FileStream(_settings.Path, FileOptions());
            Continue(file);
            if (kind is not null)
                Write(file, AuditLine.Write(_sequence + 1, _clock.GetUtcNow(), kind, _hash, writeFields), before: default);
            return _sequence;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new AuditException($"{_settings.Path}: the audit log cannot be written{Consequence}. Make room, or check the path and its rights.", exception);
        }
    }

    private string Consequence => _settings.ContinueOnFailure ? "" : ", so nothing is answered";

    private long AppendRow(AuditTable table, string? kind, Action<Utf8JsonWriter> writeFields)
    {
        try
        {
            return _sequence = table.Append(kind, writeFields, _sequence, _clock);
        }
        catch (Exception exception) when (exception is DbException or TimeoutException or InvalidOperationException)
        {
            // The driver's text stays inside: it may repeat the connection string.
            throw new AuditException($"{table.Place}: the audit log cannot be written{Consequence}. Check the server, the table of docs/roles/audit.sql and its grants.", exception);
        }
    }

    /// <summary>Takes up what another process has written since, and what a killed one has left.</summary>
    private void Continue(FileStream file)
    {
        if (!file.CanSeek)
            throw new AuditException($"{_settings.Path}: an audit log must be an ordinary file.");
        if (file.Length < _length)
            throw new AuditException($"{_settings.Path}: the audit log has become shorter while it was in use; stop and look with 'taskservices audit verify'.");
        if (file.Length == _length)
            return;

        var tail = AuditTail.Read(file);
        (_sequence, _hash) = (tail.Sequence, tail.Hash);
        if (tail.Torn.Length > 0)
        {
            Write(
                file,
                AuditLine.Write(_sequence + 1, _clock.GetUtcNow(), AuditLine.Repair, _hash, json =>
                {
                    json.WriteString("message", "The line before was being written when its process ended; its record is lost.");
                    json.WriteNumber("torn_bytes", tail.Torn.Length);
                    json.WriteString("torn_sha256", AuditLine.Compute(tail.Torn.Span));
                }),
                before: "\n"u8);
        }
        else if (!tail.EndsLine)
        {
            file.Position = file.Length;
            file.Write("\n"u8);
        }

        _length = file.Length;
    }

    private void Write(FileStream file, (byte[] Line, string Hash) record, ReadOnlySpan<byte> before)
    {
        var start = file.Length;
        file.Position = start;
        try
        {
            file.Write([.. before, .. record.Line]);
            file.Flush(flushToDisk: true);
        }
        catch (IOException)
        {
            // A record that counts as not written must not be there; what stays all the same is a torn line.
            TryShorten(file, start);
            throw;
        }

        (_length, _sequence, _hash) = (file.Length, _sequence + 1, record.Hash);
    }

    private static void TryShorten(FileStream file, long length)
    {
        try
        {
            file.SetLength(length);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The next record is written behind a repair.
        }
    }

    // A log that was in use and is gone is not begun anew: its records would be missed by nobody.
    private FileStreamOptions FileOptions() => Options(_length > 0 ? FileMode.Open : FileMode.OpenOrCreate, FileShare.ReadWrite);

    private static FileStreamOptions Options(FileMode mode, FileShare share)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = share, BufferSize = 0 };
        if (!OperatingSystem.IsWindows() && mode is not FileMode.Open)
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return options;
    }

    private FileStream Lock()
    {
        var path = _settings.Path + ".lock";
        for (var started = _clock.GetTimestamp(); ;)
        {
            try
            {
                return new FileStream(path, Options(FileMode.OpenOrCreate, FileShare.None));
            }
            catch (IOException exception) when (exception.GetType() == typeof(IOException) && File.Exists(path))
            {
                // Another process writes a record, which takes milliseconds.
                if (_clock.GetElapsedTime(started) > LockWait)
                    throw new AuditException($"{path}: another process has kept the audit log locked for {LockWait.TotalSeconds:0} s.", exception);
                Thread.Sleep(2);
            }
        }
    }
}
