using Microsoft.Data.Sqlite;
using SQLitePCL;
using TaskServices.TextToSql.Execution;
using TaskServices.TextToSql.Schema;

namespace TaskServices.TextToSql.Linking;

/// <summary>The distinct short text values of a database, found by their words without case. Immutable.</summary>
/// <remarks>
/// Built once per database; look-ups are hash look-ups and safe from several threads. Values are data of strangers: those with control
/// characters are left out, so that none can end a line of the prompt. What lies behind a bound is left out and <see cref="IsComplete"/> says so.
/// </remarks>
public sealed class ValueIndex
{
    private readonly Dictionary<string, List<StoredValue>> _byKey;
    private readonly string _path;
    private readonly SqliteFile.Stamp _stamp;
    private readonly Lazy<NearValues> _near;
    private readonly int _columnsPerValue;

    private ValueIndex(string path, SqliteFile.Stamp stamp, ValueIndexBuilder builder)
    {
        _path = path;
        _stamp = stamp;
        _byKey = builder.ByKey;
        IsComplete = builder.IsComplete;
        _columnsPerValue = builder.ColumnsPerValue;
        _near = new(() => new NearValues(_byKey.Keys));
    }

    /// <summary>Makes the index of a database that is no file.</summary>
    internal ValueIndex(ValueIndexBuilder builder)
        : this("", default, builder)
    {
    }

    /// <summary>Gets an index without values.</summary>
    public static ValueIndex Empty { get; } = new(new ValueIndexBuilder(ValueIndexLimits.Default));

    /// <summary>Gets whether every short text value is here, or a bound cut some off.</summary>
    public bool IsComplete { get; }

    /// <summary>Gets how many different values are here, case ignored.</summary>
    public int Count => _byKey.Count;

    /// <summary>Tells whether the file has changed since the index was built; build it again then.</summary>
    public bool IsStale() => _path.Length > 0 && SqliteFile.GetStamp(_path) != _stamp;

    /// <summary>Reads the values of every column of the schema's tables.</summary>
    /// <param name="path">Path of the SQLite file. Opened read-only.</param>
    /// <param name="schema">The tables and columns to read: a caller's view of the database gives only that view's values.</param>
    /// <exception cref="TextToSqlException">The file cannot be read; see <see cref="SqliteSchemaReader"/>.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static ValueIndex Build(string path, DatabaseSchema schema, CancellationToken cancellationToken) =>
        Build(path, schema, ValueIndexLimits.Default, cancellationToken);

    /// <inheritdoc cref="Build(string, DatabaseSchema, CancellationToken)"/>
    public static ValueIndex Build(string path, DatabaseSchema schema, ValueIndexLimits limits, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentNullException.ThrowIfNull(limits);
        var stamp = SqliteFile.GetStamp(path);
        using var connection = SqliteFile.OpenReadOnly(path);
        using var clock = new SqliteClock(connection.Handle!, limits.Duration, cancellationToken);
        var builder = new ValueIndexBuilder(limits);
        foreach (var table in schema.Tables)
        {
            foreach (var column in table.Columns)
            {
                try
                {
                    Add(builder, connection, table.Name, column.Name, limits);
                }
                catch (SqliteException exception)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    if (exception.SqliteErrorCode is not (raw.SQLITE_INTERRUPT or raw.SQLITE_ERROR))
                        throw SqliteErrors.ToTyped(exception, path);

                    // Out of time, or a view that no longer works: what was read so far serves.
                    builder.IsComplete = false;
                }
            }
        }

        return new ValueIndex(path, stamp, builder);
    }

    /// <summary>Finds the columns that store a text, ignoring case and the width of spaces; in the schema's order.</summary>
    public IReadOnlyList<StoredValue> Find(string text) =>
        _byKey.TryGetValue(ToKey(text), out var values) ? values : [];

    /// <summary>Finds the columns that store a text which differs by a letter or two, where none stores the text itself.</summary>
    /// <returns>All of the least distance; empty for a short text.</returns>
    public IReadOnlyList<StoredValue> FindNear(string text) =>
        _byKey.ContainsKey(ToKey(text)) ? [] : [.. _near.Value.Find(ToKey(text)).SelectMany(key => _byKey[key])];

    /// <summary>Tells whether a text may be stored in more columns than are kept.</summary>
    internal bool Saturates(string text) => Find(text).Count >= _columnsPerValue;

    /// <summary>Folds case and runs of white space.</summary>
    internal static string ToKey(string text) =>
        string.Join(' ', text.ToUpperInvariant().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private static void Add(ValueIndexBuilder builder, SqliteConnection connection, string table, string column, ValueIndexLimits limits)
    {
        if (builder.IsFull)
        {
            builder.IsComplete = false;
            return;
        }

        using var command = connection.CreateCommand();
        var (quotedTable, quotedColumn) = (Quote(table), Quote(column));
#pragma warning disable CA2100 // Names are quoted; everything else is fixed.
        command.CommandText =
            $"SELECT DISTINCT v FROM (SELECT {quotedColumn} AS v FROM {quotedTable} LIMIT {limits.RowsPerColumn}) "
            + $"WHERE typeof(v) = 'text' AND length(v) BETWEEN 1 AND {limits.ValueLength} LIMIT {limits.ValuesPerColumn + 1L}";
#pragma warning restore CA2100
        using var reader = command.ExecuteReader();
        for (var count = 0; reader.Read(); count++)
        {
            if (count >= limits.ValuesPerColumn || builder.IsFull)
            {
                builder.IsComplete = false;
                return;
            }

            builder.Add(new StoredValue(table, column, reader.GetString(0)));
        }
    }

    private static string Quote(string name) => "\"" + name.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";
}
