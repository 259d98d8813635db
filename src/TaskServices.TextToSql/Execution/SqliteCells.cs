using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace TaskServices.TextToSql.Execution;

/// <summary>Reads cells straight from the engine, so that a long one is cut before it is copied.</summary>
/// <remarks>Text that is not valid UTF-8 is shown with U+FFFD in place of the bad bytes; it never fails.</remarks>
internal sealed class SqliteCells(SqliteDataReader reader, int maxCellBytes)
{
    private const int NumberBytes = 8;

    /// <summary>Gets whether any cell was longer than the limit; a cut text ends in <c>…</c>.</summary>
    public bool AnyCut { get; private set; }

    public object?[] ReadRow(out long bytes)
    {
        var statement = reader.Handle!;
        var row = new object?[reader.FieldCount];
        bytes = 0;
        for (var i = 0; i < row.Length; i++)
        {
            row[i] = Read(statement, i, out var cellBytes);
            bytes += cellBytes;
        }

        return row;
    }

    private object? Read(sqlite3_stmt statement, int column, out int bytes)
    {
        bytes = NumberBytes;
        switch (raw.sqlite3_column_type(statement, column))
        {
            case raw.SQLITE_NULL:
                return null;
            case raw.SQLITE_INTEGER:
                return raw.sqlite3_column_int64(statement, column);
            case raw.SQLITE_FLOAT:
                return raw.sqlite3_column_double(statement, column);
            case raw.SQLITE_TEXT:
                raw.sqlite3_column_text(statement, column); // Makes UTF-8 of a UTF-16 database's text.
                var text = Cut(raw.sqlite3_column_blob(statement, column), out var textIsCut);
                bytes += text.Length;
                if (textIsCut)
                {
                    while (text.Length > 0 && (text[^1] & 0xc0) == 0x80)
                        text = text[..^1];
                    text = text.Length > 0 && text[^1] >= 0x80 ? text[..^1] : text;
                    return Encoding.UTF8.GetString(text) + "…";
                }

                return Encoding.UTF8.GetString(text);
            default:
                var blob = Cut(raw.sqlite3_column_blob(statement, column), out _);
                bytes += blob.Length;
                return blob.ToArray();
        }
    }

    private ReadOnlySpan<byte> Cut(ReadOnlySpan<byte> bytes, out bool isCut)
    {
        isCut = bytes.Length > maxCellBytes;
        AnyCut |= isCut;
        return isCut ? bytes[..maxCellBytes] : bytes;
    }
}
