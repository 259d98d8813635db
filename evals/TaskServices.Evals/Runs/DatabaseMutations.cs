using Microsoft.Data.Sqlite;

namespace TaskServices.Evals.Runs;

/// <summary>Variants of a database with other data: a query that is right by chance on the original is wrong on one of them.</summary>
/// <remarks>
/// The idea of Zhong, Yu and Klein, "Semantic Evaluation for Text-to-SQL with Distilled Test Suites" (EMNLP 2020, arXiv 2010.02840), with mutations
/// instead of their generated rows: a quarter of each table's rows is deleted, and the values of every second column that is no key are drawn anew,
/// with replacement, from that column, which makes ties and duplicates. Keys stay, so that joins find partners. Deterministic by seed.
/// </remarks>
internal static class DatabaseMutations
{
    private const int MaxRows = 20_000;

    /// <summary>Changes a copy of a database in place.</summary>
    public static void Apply(string path, int seed)
    {
        var random = new Random(seed);
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        connection.Open();
        Execute(connection, "PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON; PRAGMA synchronous = OFF");
        using var transaction = connection.BeginTransaction();
        foreach (var trigger in Names(connection, "SELECT name FROM sqlite_schema WHERE type = 'trigger'"))
        {
            Execute(connection, $"DROP TRIGGER {Quote(trigger)}");
        }

        foreach (var table in Names(connection, "SELECT name FROM pragma_table_list WHERE type = 'table' AND schema = 'main' AND wr = 0 AND name NOT LIKE 'sqlite%'"))
        {
            Mutate(connection, table, random);
        }

        transaction.Commit();
    }

    private static void Mutate(SqliteConnection connection, string table, Random random)
    {
        var rowIds = RowIds(connection, table);
        if (rowIds.Count is < 2 or > MaxRows)
        {
            return;
        }

        var deleted = rowIds.OrderBy(_ => random.Next()).Take(rowIds.Count / 4).ToHashSet();
        foreach (var rowId in deleted)
        {
            Execute(connection, $"DELETE FROM {Quote(table)} WHERE rowid = {rowId}");
        }

        long[] kept = [.. rowIds.Where(rowId => !deleted.Contains(rowId))];
        var keys = Names(connection, "SELECT name FROM pragma_table_info($table) WHERE pk > 0", table)
            .Concat(Names(connection, "SELECT \"from\" FROM pragma_foreign_key_list($table)", table))
            .Concat(Names(connection, "SELECT DISTINCT f.\"to\" FROM sqlite_schema s, pragma_foreign_key_list(s.name) f WHERE s.type = 'table' AND f.\"table\" = $table COLLATE NOCASE AND f.\"to\" IS NOT NULL", table))
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (var column in Names(connection, "SELECT name FROM pragma_table_info($table)", table).Where(column => !keys.Contains(column)))
        {
            if (random.Next(2) == 0)
            {
                Resample(connection, table, column, kept, random);
            }
        }
    }

    private static void Resample(SqliteConnection connection, string table, string column, long[] rowIds, Random random)
    {
        var values = new List<object>();
        using (var read = connection.CreateCommand())
        {
            read.CommandText = $"SELECT {Quote(column)} FROM {Quote(table)}";
            using var reader = read.ExecuteReader();
            while (reader.Read())
            {
                values.Add(reader.GetValue(0));
            }
        }

        // OR IGNORE: a unique column keeps the values that would clash.
        using var write = connection.CreateCommand();
        write.CommandText = $"UPDATE OR IGNORE {Quote(table)} SET {Quote(column)} = $value WHERE rowid = $rowid";
        var (value, id) = (write.Parameters.Add("$value", SqliteType.Text), write.Parameters.Add("$rowid", SqliteType.Integer));
        value.ResetSqliteType();
        foreach (var rowId in rowIds)
        {
            (value.Value, id.Value) = (values[random.Next(values.Count)], rowId);
            write.ExecuteNonQuery();
        }
    }

    private static List<long> RowIds(SqliteConnection connection, string table)
    {
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT rowid FROM {Quote(table)} LIMIT {MaxRows + 1}";
        using var reader = command.ExecuteReader();
        var rowIds = new List<long>();
        while (reader.Read())
        {
            rowIds.Add(reader.GetInt64(0));
        }

        return rowIds;
    }

    private static List<string> Names(SqliteConnection connection, string sql, string? table = null)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        if (table is not null)
        {
            command.Parameters.AddWithValue("$table", table);
        }

        using var reader = command.ExecuteReader();
        var names = new List<string>();
        while (reader.Read())
        {
            names.Add(reader.GetString(0));
        }

        return names;
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Names come from the database's own catalog and are quoted.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    private static string Quote(string name) => "\"" + name.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";
}
