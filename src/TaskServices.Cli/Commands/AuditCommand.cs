using System.CommandLine;
using TaskServices.Cli.Terminal;
using TaskServices.TextToSql.Audit;

namespace TaskServices.Cli.Commands;

/// <summary><c>audit verify</c>: whether a log is as it was written.</summary>
internal static class AuditCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("file") { Description = "Audit log that --audit wrote: its file, or its database's URL.", HelpName = "FILE|URL" };
        var pin = new Option<string?>("--pin") { Description = "Last hash that an earlier check printed: its record must still be there.", HelpName = "HASH" };
        var verify = new Command("verify", "Checks every record of a log; 1 when one was removed, changed, reordered or cut, with its line.") { file, pin };
        verify.SetAction(parsed => Verify(parsed.GetRequiredValue(file), parsed.GetValue(pin), parsed.GetValue(GlobalOptions.Format)));
        ExampleHelpAction.SetExamples(verify, "taskservices audit verify audit.jsonl", "taskservices audit verify audit.jsonl --format json | jq -r .last_hash");
        var command = new Command("audit", "Works on audit logs.") { verify };
        ExampleHelpAction.SetExamples(command, "taskservices audit verify audit.jsonl");
        return command;
    }

    private static int Verify(string path, string? pin, OutputFormat format)
    {
        if (!AuditVerification.IsTable(path) && !File.Exists(path))
        {
            throw CliException.FileNotFound(path);
        }

        var report = AuditVerification.Verify(path, pin);
        if (format is OutputFormat.Json)
        {
            JsonLines.Write(new { Intact = report.Problem is null, report.Problem, report.Records, report.Questions, report.LastHash, report.Repairs });
        }
        else
        {
            foreach (var repair in report.Repairs)
            {
                Console.Out.WriteLine($"note: {repair}");
            }

            Console.Out.WriteLine(report.Problem is { } problem
                ? $"BROKEN: {CellText.OneLine(problem)}"
                : $"intact: {report.Records} records, {report.Questions} questions");
            Console.Out.WriteLine($"last hash: {report.LastHash}{(report.Problem is null ? "" : $" (record {report.Records}, the last before the break)")}");
            if (report.Problem is null && pin is null)
            {
                Console.Out.WriteLine("A chain cannot tell that its newest records are missing. Keep the last hash elsewhere and check with --pin next time.");
            }
        }

        return report.Problem is null ? ExitCode.Done : ExitCode.No;
    }
}
