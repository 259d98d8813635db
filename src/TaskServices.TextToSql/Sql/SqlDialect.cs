namespace TaskServices.TextToSql.Sql;

/// <summary>The engines whose spelling of SQL is read and written.</summary>
public enum SqlDialect
{
    Sqlite,
    Postgres,
    MySql,
    SqlServer,
    DuckDb,
}
