using System.Data.Common;
using System.Globalization;
using System.Numerics;
using System.Text;
using DuckDB.NET.Data;
using Microsoft.Data.Sqlite;
using MySqlConnector;
using Npgsql;
using TaskServices.Evals.Execution;
using TaskServices.Testing.Servers;
using TaskServices.TextToSql.Schema;
using TaskServices.TextToSql.Sql;
using TaskServices.TextToSql.Sql.Binding;
using TaskServices.TextToSql.Sql.Printing;

namespace TaskServices.TextToSql.Tests.Engines;

/// <summary>A SQLite file's rows in another engine, each column with the type that it declares where every value has it, else as text.</summary>
internal sealed class LoadedDatabase : IDisposable
{
    private const int RowsPerInsert = 400;

    private readonly DbConnection _connection;

    private LoadedDatabase(DbConnection connection, DatabaseSchema schema, SqlDialect dialect)
    {
        _connection = connection;
        Schema = schema;
        Dialect = dialect;
    }

    /// <summary>Gets the schema with the engine's types.</summary>
    public DatabaseSchema Schema { get; }

    public SqlDialect Dialect { get; }

    /// <returns>Null where the engine is not installed.</returns>
    public static LoadedDatabase? TryLoad(string path, SqlDialect dialect)
    {
        DbConnection? connection = dialect switch
        {
            SqlDialect.Postgres => RealPostgres.TryCreateDatabase() is { } postgres ? new NpgsqlConnection(postgres) : null,
            SqlDialect.MySql => RealMariaDb.TryCreateDatabase() is { } mariaDb ? new MySqlConnection(mariaDb) : null,
            _ => new DuckDBConnection("Data Source=:memory:"),
        };
        if (connection is null)
            return null;
        connection.Open();
        var schema = SqliteSchemaReader.Read(path);
        using var source = new SqliteConnection($"Data Source={path};Mode=ReadOnly;Pooling=False");
        source.Open();
        var tables = schema.Tables.Select(table => Load(source, connection, table, dialect)).ToList();
        var keys = schema.ForeignKeys.SelectMany(key => key.Columns.Select(column => (key.Table, Column: column)))
            .Concat(schema.Tables.SelectMany(table => table.PrimaryKey.Select(column => (Table: table.Name, Column: column)))).Distinct();
        foreach (var (name, column) in keys.Where(key => tables.Find(table => table.Name == key.Table)?.FindColumn(key.Column)?.DeclaredType is "bigint"))
        {
            using var index = connection.CreateCommand();
            index.CommandText = $"CREATE INDEX {SqlPrinter.PrintName("ix_" + name + "_" + column, dialect)} ON {SqlPrinter.PrintName(name, dialect)} ({SqlPrinter.PrintName(column, dialect)})";
            index.ExecuteNonQuery();
        }

        return new(connection, schema with { Tables = tables }, dialect);
    }

    public IReadOnlyList<object?[]> Execute(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        command.CommandTimeout = 60;
        using var reader = command.ExecuteReader();
        var rows = new List<object?[]>();
        while (reader.Read())
            rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(i => Cell(reader.GetValue(i)))]);
        return rows;
    }

    public void Dispose() => _connection.Dispose();

    /// <summary>Gives a cell the type in which SQLite stores it.</summary>
    internal static object? Cell(object value) => value switch
    {
        DBNull => null,
        bool truth => truth ? 1L : 0L,
        sbyte or short or int or byte or ushort or uint or long => Convert.ToInt64(value, CultureInfo.InvariantCulture),
        ulong number => (long)number,
        BigInteger number => (long)number,
        decimal number => number == Math.Truncate(number) && Math.Abs(number) < 1_000_000_000_000_000m ? (long)number : double.Parse(number.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture),
        MySqlDecimal number => double.Parse(number.ToString(), CultureInfo.InvariantCulture),
        float number => (double)number,
        DateOnly date => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        TimeOnly time => time.ToString("HH:mm:ss", CultureInfo.InvariantCulture),
        TimeSpan time => time.ToString("hh\\:mm\\:ss", CultureInfo.InvariantCulture),
        DateTime time => time.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
        byte[] bytes => new Blob(Convert.ToHexString(bytes)),
        _ => value,
    };

    private static TableSchema Load(SqliteConnection source, DbConnection target, TableSchema table, SqlDialect dialect)
    {
        var name = SqlPrinter.PrintName(table.Name, dialect);
        using var read = source.CreateCommand();
        read.CommandText = $"SELECT {string.Join(", ", table.Columns.Select(column => SqlPrinter.PrintName(column.Name, SqlDialect.Sqlite)))} FROM {SqlPrinter.PrintName(table.Name, SqlDialect.Sqlite)}";
        var rows = new List<object?[]>();
        using (var reader = read.ExecuteReader())
        {
            while (reader.Read())
                rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(i => reader.IsDBNull(i) ? null : reader.GetValue(i))]);
        }

        var columns = table.Columns.Select((column, i) => column with { DeclaredType = ChooseType(column, rows.Select(row => row[i]), dialect) }).ToList();
        using var write = target.CreateCommand();
        write.CommandText = $"CREATE TABLE {name} ({string.Join(", ", columns.Select(column => SqlPrinter.PrintName(column.Name, dialect) + " " + column.DeclaredType))})";
        write.ExecuteNonQuery();
        foreach (var chunk in rows.Chunk(RowsPerInsert))
        {
            var text = new StringBuilder("INSERT INTO ").Append(name).Append(" VALUES ");
            text.AppendJoin(", ", chunk.Select(row => "(" + string.Join(", ", row.Select((value, i) => Literal(value, columns[i].DeclaredType, dialect))) + ")"));
            write.CommandText = text.ToString();
            write.ExecuteNonQuery();
        }

        return new(table.Name, columns, table.PrimaryKey);
    }

    private static string ChooseType(ColumnSchema column, IEnumerable<object?> values, SqlDialect dialect)
    {
        var stored = values.Where(value => value is not null).ToList();
        var isWhole = stored.All(value => value is long);
        var isNumber = stored.All(value => value is long or double);
        var text = "text";
        return ValueKinds.OfDeclared(column.DeclaredType) switch
        {
            ValueKind.Integer when isWhole => "bigint",
            ValueKind.Integer or ValueKind.Real when isNumber => dialect is SqlDialect.Postgres ? "double precision" : "double",
            ValueKind.Decimal when isNumber => "numeric(30, 8)",
            ValueKind.Boolean when stored.All(value => value is 0L or 1L) => "boolean",
            ValueKind.Boolean when isWhole => "bigint",
            ValueKind.Date when stored.All(value => IsTime(value, "yyyy-MM-dd")) => "date",
            ValueKind.Timestamp when stored.All(value => IsTime(value, "yyyy-MM-dd HH:mm:ss")) => dialect is SqlDialect.MySql ? "datetime" : "timestamp",
            ValueKind.Unknown when isWhole && stored.Count > 0 => "bigint",
            ValueKind.Unknown when isNumber && stored.Count > 0 => dialect is SqlDialect.Postgres ? "double precision" : "double",
            _ => text,
        };
    }

    private static bool IsTime(object? value, string format) =>
        value is string text && DateTime.TryParseExact(text, format, CultureInfo.InvariantCulture, DateTimeStyles.None, out _);

    private static string Literal(object? value, string type, SqlDialect dialect) => value switch
    {
        null => "NULL",
        long number when type is "boolean" && dialect is not SqlDialect.MySql => number is 1 ? "TRUE" : "FALSE",
        long number when type is "text" => $"'{number.ToString(CultureInfo.InvariantCulture)}'",
        double number when type is "text" => $"'{number.ToString("R", CultureInfo.InvariantCulture)}'",
        long number => number.ToString(CultureInfo.InvariantCulture),
        double number => number.ToString("R", CultureInfo.InvariantCulture),
        byte[] bytes => $"'{Encoding.UTF8.GetString(bytes).Replace("'", "''", StringComparison.Ordinal)}'",
        _ => "'" + Convert.ToString(value, CultureInfo.InvariantCulture)!.Replace("'", "''", StringComparison.Ordinal)
            .Replace("\\", dialect is SqlDialect.MySql ? "\\\\" : "\\", StringComparison.Ordinal).Replace("\0", "", StringComparison.Ordinal) + "'",
    };
}
