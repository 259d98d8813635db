using System.Globalization;
using System.Text.Json;
using TaskServices.TextToSql;
using TaskServices.TextToSql.Compact;
using TaskServices.TextToSql.Schema;
using TaskServices.TextToSql.Sql;
using TaskServices.TextToSql.Sql.Parsing;

namespace TaskServices.Tuning.Data;

/// <summary>Reads WikiSQL rows: questions over single web tables with messy names. Several tables make one database, so that the right one has to be found.</summary>
/// <remarks>
/// Cleaning, each with its reason in <see cref="Dropped"/>: a value that the question does not name, a sum or an average of text, a table of which
/// fewer than three columns are known, an ordering comparison with text. Rows are not part of the data, so the hints are the values that the gold
/// query compares with: present in four questions of five, as a value index finds them.
/// </remarks>
internal sealed class WikiSqlReader
{
    private const int MaxTables = 5;
    private static readonly string[] TableNames =
        ["results", "data", "records", "list", "entries", "season", "players", "games", "sheet1", "export", "overview", "summary", "table_1", "items", "history"];

    private readonly SortedDictionary<string, int> _dropped = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, int> Dropped => _dropped;

    /// <exception cref="TextToSqlException">The file is missing or a line is not a WikiSQL row.</exception>
    public IReadOnlyList<TrainingDatabase> Read(string path)
    {
        var rows = JsonLines.Read(path, Parse).OfType<WikiSqlRow>();
        var tables = rows.GroupBy(row => row.TableId, StringComparer.Ordinal).Where(group => group.First().Columns.Count >= 3).ToArray();
        var random = new Random(1);
        random.Shuffle(tables);
        var databases = new List<TrainingDatabase>();
        for (var start = 0; start < tables.Length;)
        {
            var taken = tables.Skip(start).Take(random.Next(1, MaxTables + 1)).ToList();
            start += taken.Count;
            databases.Add(Merge(taken, databases.Count, random));
        }

        return databases;
    }

    private TrainingDatabase Merge(IReadOnlyList<IGrouping<string, WikiSqlRow>> groups, int number, Random random)
    {
        var names = TableNames.ToArray();
        random.Shuffle(names);
        var tables = groups.Select((group, i) => new TableSchema(names[i], Columns(group), [])).ToList();
        var schema = new DatabaseSchema("web_" + number.ToString(CultureInfo.InvariantCulture), tables, []);
        var questions = groups.SelectMany((group, i) => group.Select(row => Prepare(row, tables[i], schema, random))).OfType<PreparedQuestion>();
        return new(schema.Name, schema, [.. questions]);
    }

    private static List<ColumnSchema> Columns(IGrouping<string, WikiSqlRow> rows)
    {
        var numbers = rows.SelectMany(row => row.Conditions.Where(c => c.Operator != "=" || IsNumber(c.Value)).Select(c => c.Column))
            .Concat(rows.Where(row => row.Aggregate is "SUM" or "AVG").Select(row => row.Selected))
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
        return [.. rows.First().Columns
            .DistinctBy(column => column.ToUpperInvariant())
            .Select(column => new ColumnSchema(column, "", numbers.Contains(column) ? ColumnType.Number : ColumnType.Text))];
    }

    private PreparedQuestion? Prepare(WikiSqlRow row, TableSchema table, DatabaseSchema schema, Random random)
    {
        if (row.Conditions.Any(condition => !row.Question.Contains(condition.Value, StringComparison.OrdinalIgnoreCase)))
        {
            return Drop("VALUE_NOT_IN_QUESTION");
        }

        if (row.Conditions.Any(condition => condition.Operator != "=" && !IsNumber(condition.Value)))
        {
            return Drop("ORDER_OF_TEXT");
        }

        string Name(string column) => $"\"{table.Name}\".\"{column.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
        bool IsNumeric(string column) => table.FindColumn(column)?.Type is ColumnType.Number;
        var item = row.Aggregate switch
        {
            "" => Name(row.Selected),
            "COUNT" => "count(*)",
            _ => $"{row.Aggregate}({Name(row.Selected)})",
        };
        var conditions = row.Conditions.Select(c => $"{Name(c.Column)} {c.Operator} " +
            (IsNumeric(c.Column) && IsNumber(c.Value) ? c.Value : $"'{c.Value.Replace("'", "''", StringComparison.Ordinal)}'"));
        var sql = $"SELECT {item} FROM \"{table.Name}\"" + (row.Conditions.Count == 0 ? "" : " WHERE " + string.Join(" AND ", conditions));
        try
        {
            var target = CompactSql.Encode(SqlParser.Parse(sql, SqlDialect.Sqlite), schema);
            return CompactSql.Expand(target, schema).Repairs.Count > 0
                ? Drop("NEEDS_REPAIR")
                : new(row.Question, random.Next(5) == 0 ? [] : Hints(row, table), target);
        }
        catch (TextToSqlException exception)
        {
            return Drop(exception.Reason);
        }
    }

    private static List<string> Hints(WikiSqlRow row, TableSchema table) =>
        [.. row.Conditions
            .Where(c => c.Operator == "=" && table.FindColumn(c.Column)?.Type is ColumnType.Text)
            .Select(c => $"{SchemaName.Write(table.Name)}.{SchemaName.Write(c.Column)} = '{c.Value.Replace("'", "''", StringComparison.Ordinal)}'")];

    private static bool IsNumber(string text) =>
        decimal.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _);

    private PreparedQuestion? Drop(string reason)
    {
        _dropped["WIKISQL_" + reason] = _dropped.GetValueOrDefault("WIKISQL_" + reason) + 1;
        return null;
    }

    private static WikiSqlRow? Parse(JsonElement root)
    {
        var columns = root.GetProperty("columns").EnumerateArray().Select(column => column[0].GetString()!).Where(SchemaName.IsWritable).ToList();
        var conditions = root.GetProperty("where").EnumerateArray()
            .Select(c => new WikiSqlCondition(c[0].GetString()!, c[1].GetString()!, c[2].ToString())).ToList();
        return new(
            root.GetProperty("table_id").GetString()!, columns, root.GetProperty("question").GetString()!, root.GetProperty("select").GetString()!,
            root.GetProperty("agg").GetString()!, conditions);
    }

    private sealed record WikiSqlRow(
        string TableId, IReadOnlyList<string> Columns, string Question, string Selected, string Aggregate, IReadOnlyList<WikiSqlCondition> Conditions);

    private sealed record WikiSqlCondition(string Column, string Operator, string Value);
}
