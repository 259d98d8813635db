using System.CommandLine;
using TaskServices.TextToSql.Execution;
using TaskServices.TextToSql.Generation;

namespace TaskServices.Cli.Commands;

/// <summary><c>ask</c>: one question to one database.</summary>
internal static class AskCommand
{
    // A terminal is no place for more; JSON has all rows up to --max-rows.
    private const int MaxTableRows = 50;

    public static Command Create()
    {
        var database = new Option<string>("--database") { Description = "Database to ask, for example sqlite:shop.db, duckdb:shop.duckdb, postgres://user@host/shop, mysql://user@host/shop or sqlserver://user@host/shop; with --config its name there.", HelpName = "URL", Required = true };
        var maxRows = new Option<int>("--max-rows")
        {
            Description = "Rows read at most, in [1, 100000].",
            HelpName = "N",
            DefaultValueFactory = _ => QueryLimits.Default.Rows,
        };
        maxRows.RequireRange(1, 100_000);
        var question = new Argument<string>("question") { Description = "Question in plain English." };
        var model = new ModelOptions();
        var command = new Command("ask", "Answers a question from a database: SQL, rows, explanation, confidence.") { database, maxRows, question };
        model.AddTo(command);
        var principal = new PrincipalOptions();
        principal.AddTo(command);
        var audit = new AuditOptions();
        audit.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var configuration = principal.ReadConfiguration(parsed);
            var caller = principal.ReadPrincipal(parsed, configuration);
            var name = configuration is null ? "database" : parsed.GetRequiredValue(database);
            var databases = configuration is null
                ? new ServedDatabases(new Dictionary<string, string> { [name] = parsed.GetRequiredValue(database) })
                : new ServedDatabases(configuration);
            databases.Audit = audit.Open(parsed, configuration);
            await using var session = await Composition.OpenTextToSqlAsync(model.Read(parsed), databases, cancellationToken);
            var limits = QueryLimits.Default with { Rows = parsed.GetValue(maxRows) };
            var answer = await Answer.AskAsync(session.TextToSql.ForPrincipal(caller), name, parsed.GetRequiredValue(question), limits, cancellationToken);
            AnswerPrinter.Write(answer, parsed.GetValue(GlobalOptions.Format), MaxTableRows);
            return answer.Prediction.Status is PredictionStatus.Answered ? ExitCode.Done : ExitCode.No;
        });
        ExampleHelpAction.SetExamples(
            command,
            "taskservices ask --database sqlite:examples/chinook/Chinook_Sqlite.sqlite \"How many customers are from Germany?\"",
            "taskservices ask --database sqlite:shop.db --format json \"Which product sells best?\" | jq .sql",
            "PGPASSWORD=… taskservices ask --database postgres://reader@localhost/shop \"How many orders are there?\"",
            "taskservices ask --config taskservices.json --principal ann --database shop \"How many orders are open?\"",
            "taskservices ask --database sqlite:shop.db --audit audit.jsonl \"How many orders are open?\"");
        return command;
    }
}
