using TaskServices.TextToSql.Schema;
using TaskServices.TextToSql.Sql;

namespace TaskServices.TextToSql.Answers;

/// <summary>A schema that a caller gave as text: questions about it get SQL, and there is no database to run it on.</summary>
/// <param name="Name">1 to 200 letters, digits, <c>_</c> and <c>-</c>; unique within the tenant.</param>
/// <param name="Dialect">Dialect of the text and of the SQL to write.</param>
/// <param name="Ddl">CREATE TABLE statements, at most <see cref="MaxDdlLength"/> characters. Read, never executed.</param>
public sealed record GivenSchema(string Name, SqlDialect Dialect, string Ddl)
{
    public const int MaxDdlLength = 1 << 20;

    public const int MaxNotes = 10_000;

    public const int MaxNoteLength = 1_000;

    private const int MaxTables = 2_000;
    private const int MaxColumns = 20_000;

    /// <summary>Gets what people know about tables and columns.</summary>
    public IReadOnlyList<SchemaNote> Comments { get; init; } = [];

    /// <summary>Gets other words for tables and columns.</summary>
    public IReadOnlyList<SchemaNote> Glossary { get; init; } = [];

    /// <summary>Reads tables, columns and keys, and puts the comments and the glossary's words on them.</summary>
    /// <exception cref="TextToSqlException">
    /// Reason <c>SCHEMA_INVALID</c>, <c>SCHEMA_TOO_LARGE</c>, or a syntax error with its position.
    /// </exception>
    public DatabaseSchema Read()
    {
        if (Ddl.Length > MaxDdlLength || Comments.Count + Glossary.Count > MaxNotes)
            throw TooLarge();
        var schema = SchemaDdl.Parse(Ddl, Dialect);
        if (schema.Tables.Count > MaxTables || schema.Tables.Sum(table => table.Columns.Count) > MaxColumns)
            throw TooLarge();
        var notes = new Dictionary<(string, string), List<string>>();
        foreach (var (note, text) in Comments.Select(note => (note, note.Text)).Concat(Glossary.Select(term => (term, "also called " + term.Text))))
        {
            var key = Find(schema, note);
            if (!notes.TryGetValue(key, out var list))
                notes[key] = list = [];
            list.Add(text);
        }

        return schema with
        {
            Name = Name,
            Tables = [.. schema.Tables.Select(table => new TableSchema(
                table.Name, [.. table.Columns.Select(column => column with { Comment = Join(table.Name, column.Name) ?? column.Comment })],
                table.PrimaryKey, Join(table.Name, "") ?? table.Comment))],
        };

        string? Join(string table, string column) => notes.TryGetValue((table, column), out var list) ? string.Join("; ", list) : null;
    }

    private static (string Table, string Column) Find(DatabaseSchema schema, SchemaNote note)
    {
        if (note.Text.Length is 0 or > MaxNoteLength || note.Text.Any(char.IsControl))
            throw new TextToSqlException("SCHEMA_INVALID", $"A comment or glossary word on {note.Table} is empty, longer than {MaxNoteLength:N0} characters, or has control characters.");
        var table = schema.FindTable(note.Table)
            ?? throw new TextToSqlException("SCHEMA_INVALID", $"A comment or glossary word names the table {note.Table}, which the schema lacks.");
        return note.Column is null
            ? (table.Name, "")
            : (table.Name, table.FindColumn(note.Column)?.Name
                ?? throw new TextToSqlException("SCHEMA_INVALID", $"A comment or glossary word names the column {note.Table}.{note.Column}, which the schema lacks."));
    }

    private static TextToSqlException TooLarge() => new(
        "SCHEMA_TOO_LARGE", $"A schema may have {MaxDdlLength:N0} characters, {MaxTables:N0} tables, {MaxColumns:N0} columns and {MaxNotes:N0} comments and glossary words.");
}

/// <summary>A comment on a table or column, or another word for it.</summary>
/// <param name="Column">Null for the table itself.</param>
public sealed record SchemaNote(string Table, string? Column, string Text);
