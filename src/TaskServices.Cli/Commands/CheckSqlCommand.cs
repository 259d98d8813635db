using System.CommandLine;
using TaskServices.Cli.Terminal;
using TaskServices.TextToSql.Configuration;
using TaskServices.TextToSql.Guard;
using TaskServices.TextToSql.Sql;

namespace TaskServices.Cli.Commands;

/// <summary><c>check-sql</c>: the guard's verdict on every statement of a file.</summary>
internal static class CheckSqlCommand
{
    // What stands for a line end inside a statement, so that every statement is one line of the file.
    private const char LineEndMark = '␤';

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
        var database = new Option<string?>("--database") { Description = "With --config: the database whose grants hold.", HelpName = "NAME" };
        var principal = new PrincipalOptions();
        var input = new Option<string>("--in") { Description = "Statements, one a line; ␤ stands for a line end inside one.", HelpName = "FILE", Required = true };
        var command = new Command("check-sql", "Checks statements as if the model had written them; 1 when one was refused.") { dialect, schema, allow, database, input };
        principal.AddTo(command);
        command.SetAction((parsed, cancellationToken) =>
        {
            var tables = SchemaScript.Read(parsed.GetRequiredValue(schema));
            var configuration = principal.ReadConfiguration(parsed);
            var caller = principal.ReadPrincipal(parsed, configuration);
            var grant = configuration is not null
                ? FindAccess(configuration, parsed.GetValue(database), parsed.GetValue(allow)).Resolve(caller, tables, Dialects[parsed.GetRequiredValue(dialect)])
                : parsed.GetValue(allow) is { } text ? GrantList.Parse(text, tables) : AccessGrant.Everything(tables);
            var path = parsed.GetRequiredValue(input);
            return Task.FromResult(Run(
                File.Exists(path) ? path : throw CliException.FileNotFound(path),
                statement => Composition.CheckSql(statement, Dialects[parsed.GetRequiredValue(dialect)], tables, grant),
                parsed.GetValue(GlobalOptions.Format), cancellationToken));
        });
        ExampleHelpAction.SetExamples(
            command,
            "taskservices check-sql --dialect sqlite --schema schema.sql --in statements.sql",
            "taskservices check-sql --dialect sqlite --schema schema.sql --allow \"users(id,name),orders\" --in statements.sql --format json",
            "taskservices check-sql --dialect sqlite --schema schema.sql --config taskservices.json --database shop --principal ann --in statements.sql");
        return command;
    }

    private static DatabaseAccess FindAccess(ServiceConfiguration configuration, string? database, string? allow)
    {
        if (allow is not null)
        {
            throw CliException.Usage("--allow and --config cannot be given together: the file has the grants.");
        }

        return configuration.Databases.GetValueOrDefault(database ?? "")?.Access
            ?? throw CliException.Usage($"--database must name a database of {configuration.Path}: {string.Join(", ", configuration.Databases.Keys)}.");
    }

    private static int Run(string path, Func<string, GuardVerdict> check, OutputFormat format, CancellationToken cancellationToken)
    {
        var exitCode = ExitCode.Done;
        foreach (var line in File.ReadLines(path))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var verdict = check(line.Replace(LineEndMark, '\n'));
            exitCode = verdict.Accepted ? exitCode : ExitCode.No;
            var word = verdict.Accepted ? "ACCEPTED" : "REFUSED";
            if (format is OutputFormat.Json)
            {
                JsonLines.Write(new { Statement = line, Verdict = word, verdict.Reason, Rewritten = verdict.ExecutableSql });
            }
            else
            {
                Console.Out.WriteLine(CellText.OneLine(verdict.Accepted
                    ? $"{word}  {verdict.ExecutableSql}"
                    : $"{word}   [{verdict.Reason}] {verdict.Message} <- {line}"));
            }
        }

        return exitCode;
    }
}
