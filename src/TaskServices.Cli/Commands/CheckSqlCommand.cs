using System.CommandLine;
using TaskServices.TextToSql.Sql;

namespace TaskServices.Cli.Commands;

/// <summary><c>check-sql</c>: the guard's verdict on every statement of a file.</summary>
internal static class CheckSqlCommand
{
    private static readonly Dictionary<string, SqlDialect> Dialects = new()
    {
        ["sqlite"] = SqlDialect.Sqlite,
        ["postgres"] = SqlDialect.Postgres,
        ["mysql"] = SqlDialect.MySql,
        ["sqlserver"] = SqlDialect.SqlServer,
        ["duckdb"] = SqlDialect.DuckDb,
    };

    public static Command Create()
    {
        var dialect = new Option<string>("--dialect") { Description = "Dialect of the statements.", Required = true };
        dialect.AcceptOnlyFromAmong([.. Dialects.Keys]);
        var schema = new Option<string>("--schema") { Description = "CREATE TABLE statements.", HelpName = "FILE.sql", Required = true };
        var allow = new Option<string?>("--allow")
        {
            Description = "Tables and columns that may be read; a table without columns grants them all. Default: everything.",
            HelpName = "\"users(id,name),orders\"",
        };
        var input = new Option<string>("--in") { Description = "Statements, one a line; ␤ stands for a line end inside one.", HelpName = "FILE", Required = true };
        var command = new Command("check-sql", "Checks statements as if the model had written them; 1 when one was refused.") { dialect, schema, allow, input };
        command.SetAction(int (_) => throw CliException.Environment("NOT_AVAILABLE", "check-sql is not part of this build yet."));
        ExampleHelpAction.SetExamples(
            command,
            "taskservices check-sql --dialect sqlite --schema schema.sql --in statements.sql",
            "taskservices check-sql --dialect sqlite --schema schema.sql --allow \"users(id,name),orders\" --in statements.sql --format json");
        return command;
    }
}
