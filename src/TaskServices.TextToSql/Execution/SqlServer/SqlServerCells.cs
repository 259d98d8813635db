using System.Globalization;
using Microsoft.Data.SqlClient;
using TaskServices.TextToSql.Execution.Servers;

namespace TaskServices.TextToSql.Execution.SqlServer;

/// <summary>Reads SQL Server's types without loss: what no type of a result holds exactly becomes text as the server writes it.</summary>
internal static class SqlServerCells
{
    public static object? Read(SqlDataReader reader, int column, ServerCells cells) => reader.GetDataTypeName(column) switch
    {
        "decimal" or "numeric" => DecimalText.Read(reader.GetSqlDecimal(column).ToString()),
        "date" => DateOnly.FromDateTime(reader.GetDateTime(column)),
        "char" or "nchar" or "varchar" or "nvarchar" or "text" or "ntext" or "xml" or "json" => cells.ReadText(reader, column),
        "binary" or "varbinary" or "image" or "timestamp" or "rowversion" => cells.ReadBytes(reader, column),

        // Types of assemblies (geometry, hierarchyid) are named with their database; their assemblies are never loaded.
        var name when name.Contains('.', StringComparison.Ordinal) => cells.ReadBytes(reader, column),
        _ => ToCell(reader.GetValue(column), cells),
    };

    private static object? ToCell(object value, ServerCells cells) => value switch
    {
        DBNull => null,
        bool or decimal or double or DateTime => value,
        float number => (double)number,
        byte or short or int or long => Convert.ToInt64(value, CultureInfo.InvariantCulture),
        DateTimeOffset moment => moment.ToString("yyyy-MM-dd HH:mm:ss.FFFFFFF zzz", CultureInfo.InvariantCulture),
        TimeSpan time => time.ToString("c", CultureInfo.InvariantCulture),
        Guid id => id.ToString(),
        byte[] bytes => bytes, // of a sql_variant: at most 8,000
        _ => cells.Cut(Convert.ToString(value, CultureInfo.InvariantCulture) ?? ""),
    };
}
