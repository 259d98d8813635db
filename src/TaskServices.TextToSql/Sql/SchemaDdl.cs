using TaskServices.TextToSql.Schema;
using TaskServices.TextToSql.Sql.Parsing;

namespace TaskServices.TextToSql.Sql;

/// <summary>Reads tables, columns and keys from CREATE TABLE statements; other statements are skipped. Nothing is executed.</summary>
public static class SchemaDdl
{
    private static readonly string[] ColumnEnds =
        ["constraint", "primary", "not", "null", "unique", "default", "check", "references", "collate", "generated", "auto_increment", "autoincrement", "identity", "comment", "as", "on", "key"];

    /// <exception cref="SqlSyntaxException">The text cannot be read.</exception>
    /// <exception cref="TextToSqlException">Reason <c>SCHEMA_INVALID</c>: no table, or a name twice.</exception>
    public static DatabaseSchema Parse(string text, SqlDialect dialect)
    {
        ArgumentNullException.ThrowIfNull(text);
        var tokens = new SqlLexer(text, dialect).ReadAll();
        tokens.AddRange(Enumerable.Repeat(tokens[^1], 4)); // so that looking ahead never leaves the list
        var tables = new List<TableSchema>();
        var keys = new List<ForeignKey>();
        for (var at = 0; at < tokens.Count; at++)
        {
            if (!tokens[at].IsWord("create") || (at > 0 && !tokens[at - 1].IsSymbol(";")))
                continue;
            var table = at + 1;
            while (tokens[table].IsWord("temp", "temporary", "or", "replace", "unlogged"))
                table++;
            if (tokens[table].IsWord("table"))
                at = ReadTable(text, tokens, table + 1, tables, keys);
        }

        if (tables.Count is 0)
            throw new TextToSqlException("SCHEMA_INVALID", "The schema text has no CREATE TABLE statement.");
        var twice = tables.GroupBy(table => table.Name, StringComparer.OrdinalIgnoreCase).FirstOrDefault(group => group.Count() > 1);
        if (twice is not null)
            throw new TextToSqlException("SCHEMA_INVALID", $"The table {twice.Key} is created twice.");
        return new("schema", tables, [.. keys.Select(key => Complete(key, tables)).OfType<ForeignKey>()]);
    }

    private static int ReadTable(string text, List<SqlToken> tokens, int at, List<TableSchema> tables, List<ForeignKey> keys)
    {
        if (tokens[at].IsWord("if"))
            at += 3;
        var name = Name(text, tokens, at++);
        for (; tokens[at].IsSymbol("."); at += 2)
            name = Name(text, tokens, at + 1);
        if (!tokens[at].IsSymbol("("))
            throw new SqlSyntaxException("SQL_SYNTAX", text, tokens[at].Offset, $"expected ( after CREATE TABLE {name}.");
        var columns = new List<ColumnSchema>();
        var primary = new List<string>();
        at++;
        while (true)
        {
            var end = ElementEnd(text, tokens, at);
            ReadElement(text, tokens, at, end, name, columns, primary, keys);
            if (tokens[end].IsSymbol(")"))
            {
                if (columns.DistinctBy(column => column.Name, StringComparer.OrdinalIgnoreCase).Count() != columns.Count)
                    throw new TextToSqlException("SCHEMA_INVALID", $"The table {name} has a column twice.");
                tables.Add(new(name, columns, primary));
                return end;
            }

            at = end + 1;
        }
    }

    private static int ElementEnd(string text, List<SqlToken> tokens, int at)
    {
        for (var depth = 0; tokens[at].Kind is not TokenKind.End; at++)
        {
            if (depth is 0 && (tokens[at].IsSymbol(",") || tokens[at].IsSymbol(")")))
                return at;
            depth += tokens[at].IsSymbol("(") ? 1 : tokens[at].IsSymbol(")") ? -1 : 0;
        }

        throw new SqlSyntaxException("SQL_SYNTAX", text, tokens[at].Offset, "a CREATE TABLE does not end: ) is missing.");
    }

    private static void ReadElement(string text, List<SqlToken> tokens, int at, int end, string table, List<ColumnSchema> columns, List<string> primary, List<ForeignKey> keys)
    {
        var isConstraint = tokens[at].IsWord("constraint", "primary", "foreign", "unique", "check", "key", "index", "exclude", "fulltext")
            && !(tokens[at].IsWord("key", "index") && !tokens[at + 1].IsSymbol("(") && at + 1 < end && !tokens[at + 2].IsSymbol("("));
        var column = "";
        if (!isConstraint)
        {
            column = Name(text, tokens, at);
            var typeEnd = at + 1;
            while (typeEnd < end && !tokens[typeEnd].IsWord(ColumnEnds))
                typeEnd++;
            var type = typeEnd == at + 1 ? "" : text[tokens[at + 1].Offset..tokens[typeEnd - 1].End];
            columns.Add(new(column, type, DeclaredTypes.ToColumnType(type)));
        }

        IReadOnlyList<string> from = [column];
        for (var i = at; i < end; i++)
        {
            if (tokens[i].IsWord("primary") && tokens[i + 1].IsWord("key"))
                primary.AddRange(isConstraint ? Names(text, tokens, i + 2, end) : [column]);
            else if (tokens[i].IsWord("foreign") && tokens[i + 1].IsWord("key"))
                from = Names(text, tokens, i + 2, end);
            else if (tokens[i].IsWord("references") && i + 1 < end)
                keys.Add(ReadReference(text, tokens, i + 1, end, table, from));
        }
    }

    private static ForeignKey ReadReference(string text, List<SqlToken> tokens, int at, int end, string table, IReadOnlyList<string> from)
    {
        var target = Name(text, tokens, at);
        for (at++; at < end && tokens[at].IsSymbol("."); at += 2)
            target = Name(text, tokens, at + 1);
        return new(table, from, target, at < end && tokens[at].IsSymbol("(") ? Names(text, tokens, at, end) : []);
    }

    /// <summary>Reads the names of the next parentheses.</summary>
    private static List<string> Names(string text, List<SqlToken> tokens, int at, int end)
    {
        var names = new List<string>();
        while (at < end && !tokens[at].IsSymbol("("))
            at++;
        for (at++; at < end && !tokens[at].IsSymbol(")"); at++)
        {
            if (tokens[at].Kind is TokenKind.QuotedName || (tokens[at].Kind is TokenKind.Word && !tokens[at].IsWord("asc", "desc")))
                names.Add(Name(text, tokens, at));
        }

        return names;
    }

    /// <summary>A reference without columns means the other table's primary key; a key that still does not fit is left out.</summary>
    private static ForeignKey? Complete(ForeignKey key, List<TableSchema> tables)
    {
        var target = tables.Find(table => table.Name.Equals(key.ReferencedTable, StringComparison.OrdinalIgnoreCase));
        var columns = key.ReferencedColumns.Count > 0 ? key.ReferencedColumns : target?.PrimaryKey ?? [];
        return target is not null && columns.Count == key.Columns.Count && columns.All(column => target.FindColumn(column) is not null)
            ? key with { ReferencedTable = target.Name, ReferencedColumns = columns }
            : null;
    }

    private static string Name(string text, List<SqlToken> tokens, int at) =>
        tokens[at].Kind is TokenKind.Word or TokenKind.QuotedName && tokens[at].Value.Length > 0
            ? tokens[at].Value
            : throw new SqlSyntaxException("SQL_SYNTAX", text, tokens[at].Offset, "expected a name.");
}
