using TaskServices.TextToSql.Sql;
using TaskServices.TextToSql.Sql.Ast;
using TaskServices.TextToSql.Sql.Parsing;

namespace TaskServices.TextToSql.Answers;

/// <summary>SQL of an earlier answer, read again.</summary>
public static class SqlText
{
    /// <summary>Reads a statement; null where there is none or it is not one of the dialect.</summary>
    public static Query? TryParse(string? sql, SqlDialect dialect)
    {
        try
        {
            return sql is null ? null : SqlParser.Parse(sql, dialect);
        }
        catch (TextToSqlException)
        {
            return null;
        }
    }
}
