using TaskServices.TextToSql.Sql.Ast;

namespace TaskServices.TextToSql.Sql.Parsing;

/// <summary>Types of CAST: what each dialect writes, and one name for each meaning.</summary>
internal static class SqlTypes
{
    /// <summary>Reads a type; null where the dialect's name is not known.</summary>
    /// <returns>
    /// One of smallint, integer, bigint, real, double, decimal(p, s), boolean, text, varchar(n), char(n), date, time, timestamp, timestamptz, blob, json.
    /// </returns>
    public static SqlTypeName? TryRead(string name, List<int> arguments, SqlDialect dialect)
    {
        var canonical = name switch
        {
            "int" or "integer" or "int4" or "mediumint" => "integer",
            "signed" or "unsigned" when dialect is SqlDialect.MySql => "bigint",
            "smallint" or "int2" or "tinyint" => "smallint",
            "bigint" or "int8" => "bigint",
            "real" or "float4" => dialect is SqlDialect.Sqlite ? "double" : "real",
            "float" => dialect is SqlDialect.MySql or SqlDialect.DuckDb ? "real" : "double",
            "double" or "float8" => "double",
            "decimal" or "numeric" or "dec" or "money" => "decimal",
            "bool" or "boolean" => "boolean",
            "bit" when dialect is SqlDialect.SqlServer => "boolean",
            "text" or "clob" or "string" or "ntext" => "text",
            "varchar" or "nvarchar" when arguments.Count is 0 => "text",
            "varchar" or "nvarchar" => "varchar",
            "char" or "character" or "nchar" or "bpchar" => dialect is SqlDialect.MySql ? arguments.Count is 0 ? "text" : "varchar" : "char",
            "date" => "date",
            "time" => "time",
            "timestamp" or "datetime" or "datetime2" or "smalldatetime" => "timestamp",
            "timestamptz" or "datetimeoffset" => "timestamptz",
            "blob" or "bytea" or "varbinary" or "binary" => "blob",
            "json" or "jsonb" => "json",
            _ => null,
        };
        if (canonical is null)
            return null;
        var sized = canonical is "decimal" ? 2 : canonical is "varchar" or "char" ? 1 : 0;
        return new(canonical, arguments.Take(sized).ToEquatableList());
    }

    /// <summary>Writes a type as a dialect spells it.</summary>
    public static string Write(SqlTypeName type, SqlDialect dialect)
    {
        var name = dialect switch
        {
            SqlDialect.Sqlite => type.Name switch
            {
                "smallint" or "bigint" => type.Name,
                "double" => "real",
                _ => type.Name,
            },
            SqlDialect.Postgres => type.Name switch
            {
                "double" => "double precision",
                "blob" => "bytea",
                "json" => "jsonb",
                _ => type.Name,
            },
            SqlDialect.MySql => type.Name switch
            {
                "smallint" or "integer" or "bigint" or "boolean" => "signed",
                "text" or "varchar" => "char",
                "real" => "float",
                "timestamp" or "timestamptz" => "datetime",
                "blob" => "binary",
                _ => type.Name,
            },
            SqlDialect.SqlServer => type.Name switch
            {
                "text" => "nvarchar(max)",
                "varchar" => "nvarchar",
                "char" => "nchar",
                "double" => "float",
                "boolean" => "bit",
                "timestamp" => "datetime2",
                "timestamptz" => "datetimeoffset",
                "blob" => "varbinary(max)",
                "json" => "nvarchar(max)",
                _ => type.Name,
            },
            _ => type.Name is "real" ? "float4" : type.Name,
        };
        return type.Arguments.Count is 0 ? name : name + "(" + string.Join(", ", type.Arguments) + ")";
    }
}
