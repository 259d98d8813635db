using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using TaskServices.Cli.Terminal;
using TaskServices.InvoiceOcr;
using TaskServices.InvoiceOcr.Documents;
using TaskServices.InvoiceOcr.Extraction;
using TaskServices.InvoiceOcr.Reading;
using TaskServices.InvoiceOcr.Records;
using TaskServices.InvoiceOcr.Rules;

namespace TaskServices.Cli.Commands;

/// <summary><c>extract</c>: a record with evidence for each document.</summary>
internal static class ExtractCommand
{
    public static Command Create()
    {
        var files = new Argument<string[]>("FILE") { Description = "JPEG, PNG, TIFF or PDF files.", Arity = ArgumentArity.OneOrMore };
        var folder = new Option<string?>("--out") { Description = "Writes each record to DIR/<file name>.json.", HelpName = "DIR" };
        var reader = new ReaderOptions();
        var command = new Command("extract", "Extracts a record from each invoice or receipt; 1 when a document was refused.") { files, folder };
        reader.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var paths = parsed.GetRequiredValue(files);
            if (paths.GroupBy(Path.GetFileName, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice && parsed.GetValue(folder) is not null)
            {
                throw CliException.Usage($"{twice.Key} is given twice: both would be written to the same file.");
            }

            foreach (var path in paths.Where(path => !File.Exists(path)))
            {
                throw CliException.FileNotFound(path);
            }

            using var opened = reader.Open(parsed);
            return await RunAsync(paths, parsed.GetValue(folder), opened, parsed.GetValue(GlobalOptions.Format), cancellationToken);
        });
        ExampleHelpAction.SetExamples(
            command,
            "taskservices extract receipt.jpg",
            "taskservices extract invoices/*.pdf --out records",
            "taskservices extract scan.tiff --reader ppocr --format json");
        return command;
    }

    private static async Task<int> RunAsync(string[] paths, string? folder, IPageReader reader, OutputFormat format, CancellationToken cancellationToken)
    {
        if (folder is not null)
        {
            Directory.CreateDirectory(folder);
        }

        var documents = new DocumentReader(reader);
        return await ProgressDisplay.RunAsync("extracting", async report =>
        {
            var exitCode = ExitCode.Done;
            for (var index = 0; index < paths.Length; index++)
            {
                try
                {
                    var record = await ExtractAsync(documents, paths[index], page => report((index + page) / paths.Length), cancellationToken);
                    Write(record, paths[index], folder, format);
                }
                catch (InvoiceOcrException exception)
                {
                    // One document that cannot be read costs itself only.
                    var code = ErrorReport.Write(
                        new InvoiceOcrException(exception.Reason, $"{paths[index]}: {exception.Message}"), signalled: null, format, verbose: false);
                    exitCode = Math.Max(exitCode, code);
                }
            }

            return exitCode;
        });
    }

    private static async Task<InvoiceRecord> ExtractAsync(DocumentReader documents, string path, Action<double> report, CancellationToken cancellationToken)
    {
        var bytes = await DocumentFile.ReadAsync(path, cancellationToken);
        var document = await documents.ReadAsync(bytes, path, result => report(result.Page.Number / (double)result.PageCount), cancellationToken);
        var record = InvoiceExtractor.Extract(document);
        InvoiceRules.Check(record, DateOnly.FromDateTime(DateTime.UtcNow));
        return record;
    }

    private static void Write(InvoiceRecord record, string path, string? folder, OutputFormat format)
    {
        if (folder is not null)
        {
            File.WriteAllText(Path.Combine(folder, Path.GetFileName(path) + ".json"), InvoiceJson.Write(record, indented: true));
        }

        if (format is OutputFormat.Json)
        {
            Console.Out.WriteLine(InvoiceJson.Write(record));
            return;
        }

        var table = new Table { Border = TableBorder.Rounded, Title = new TableTitle(Markup.Escape(Path.GetFileName(path))) };
        table.AddColumns("field", "value", "as printed");
        AddRow("kind", record.DocumentType?.Value.ToString(), record.DocumentType);
        AddRow("number", record.InvoiceNumber?.Value, record.InvoiceNumber);
        AddRow("seller", record.Seller?.Name?.Value, record.Seller?.Name);
        AddRow("issue date", record.IssueDate?.Value.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), record.IssueDate);
        AddRow("net", AmountOf(record.TotalNet), record.TotalNet);
        AddRow("tax", AmountOf(record.TotalTax), record.TotalTax);
        AddRow("gross", AmountOf(record.TotalGross), record.TotalGross);
        AddRow("review", record.Review.Reasons.Count == 0 ? "nothing to look at" : string.Join(", ", record.Review.Reasons), null);
        TerminalOutput.Out.Write(table);

        void AddRow(string field, string? value, FieldValue? evidence) => table.AddRow(
            field, Markup.Escape(CellText.OneLine(value ?? "not found")), Markup.Escape(CellText.OneLine(evidence?.RawText ?? "")));

        string? AmountOf(FieldValue<Money>? money) =>
            money is null ? null : string.Create(CultureInfo.InvariantCulture, $"{money.Value.Amount} {record.Currency?.Value}").Trim();
    }
}
