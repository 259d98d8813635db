using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Spectre.Console;
using TaskServices.Evals.Invoices;
using TaskServices.Evals.Metrics;
using TaskServices.InvoiceOcr;
using TaskServices.InvoiceOcr.Documents;
using TaskServices.InvoiceOcr.Extraction;
using TaskServices.InvoiceOcr.Reading;
using TaskServices.InvoiceOcr.Rules;

namespace TaskServices.Evals.Commands;

/// <summary><c>eval invoice-ocr</c>: company, date and total of receipts, from pixels, and what the readers see.</summary>
internal static class InvoiceOcrCommand
{
    private static readonly Option<string> Data = new("--data") { Description = "Folder of SROIE: img, key, box.", HelpName = "DIR", Required = true };

    private static readonly Option<string> Reader = new("--reader")
    {
        Description = "Who reads the scans.",
        DefaultValueFactory = _ => PageReaders.Both,
    };

    private static readonly Option<string> Part = new("--part")
    {
        Description = "Which merchants: those held out, the others, or all.",
        DefaultValueFactory = _ => "held-out",
    };

    private static readonly Option<int> Limit = new("--limit") { Description = "Receipts at most, spread evenly.", DefaultValueFactory = _ => int.MaxValue };

    private static readonly Option<OutputFormat> Format = new("--format") { Description = "human or json: a line for each receipt, then the summary." };

    public static Command Create()
    {
        Reader.AcceptOnlyFromAmong([.. PageReaders.Names]);
        Part.AcceptOnlyFromAmong("held-out", "others", "all");
        var command = new Command("invoice-ocr", "Company, date and total of SROIE's receipts from their scans, without a tuned model.") { Data, Reader, Part, Limit, Format };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var receipts = Choose(Receipt.Load(arguments.GetRequiredValue(Data)), arguments.GetRequiredValue(Part), arguments.GetValue(Limit));
        if (receipts.Count == 0)
            throw new EvaluationException("DATASET_EMPTY", "No receipt is left to score: widen --part or --limit.");
        var format = arguments.GetValue(Format);
        using var reader = PageReaders.Open(arguments.GetRequiredValue(Reader), Composition.ReaderModel(), "eng", Console.Error.WriteLine);
        var documents = new DocumentReader(reader);
        var results = new List<ReceiptResult>();
        var started = Stopwatch.StartNew();
        foreach (var receipt in receipts)
        {
            var result = await ScoreAsync(documents, receipt, cancellationToken);
            results.Add(result);
            if (format is OutputFormat.Json)
                Console.Out.WriteLine(JsonSerializer.Serialize(result, Json.Line));
            if (results.Count % 10 == 0)
                await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{results.Count} of {receipts.Count}, {started.Elapsed.TotalSeconds:0} s"));
        }

        Write(results, arguments.GetRequiredValue(Reader), format);
        return ExitCodes.Done;
    }

    private static List<Receipt> Choose(IReadOnlyList<Receipt> all, string part, int limit)
    {
        var chosen = all.Where(receipt => part == "all" || receipt.IsHeldOut == (part == "held-out")).ToList();
        var step = Math.Max(1, chosen.Count / (double)limit);
        return [.. Enumerable.Range(0, Math.Min(limit, chosen.Count)).Select(index => chosen[(int)(index * step)])];
    }

    private static async Task<ReceiptResult> ScoreAsync(DocumentReader documents, Receipt receipt, CancellationToken cancellationToken)
    {
        var bytes = await File.ReadAllBytesAsync(receipt.ImagePath, cancellationToken);
        var watch = Stopwatch.StartNew();
        try
        {
            var document = await documents.ReadAsync(bytes, receipt.ImagePath, null, cancellationToken);
            var record = InvoiceExtractor.Extract(document);
            InvoiceRules.Check(record, DateOnly.FromDateTime(DateTime.UtcNow));
            return ReceiptResult.Of(receipt, document, record, watch.Elapsed.TotalMilliseconds);
        }
        catch (InvoiceOcrException exception) when (exception.Reason.StartsWith("DOCUMENT_", StringComparison.Ordinal))
        {
            // Scored as nothing found: a refusal is no way to a better score.
            return ReceiptResult.Of(receipt, new Document { Pages = [] }, new(), watch.Elapsed.TotalMilliseconds);
        }
    }

    private static void Write(List<ReceiptResult> results, string reader, OutputFormat format)
    {
        var fields = results.SelectMany(result => result.Fields).ToLookup(outcome => outcome.Field);
        var summary = new
        {
            Reader = reader,
            Receipts = results.Count,
            MicroF1 = F1(fields.SelectMany(field => field)),
            Fields = fields.ToDictionary(field => field.Key, field => new
            {
                F1 = F1(field),
                Right = field.Count(outcome => outcome.IsRight),
                Readable = Share(field.Count(outcome => outcome.IsReadable), results.Count),
            }),
            AllRight = Share(results.Count(result => result.Fields.All(outcome => outcome.IsRight)), results.Count),
            WordsFound = Share(results.Sum(result => result.WordsFound), results.Sum(result => result.WordCount)),
            MedianMs = Percentile.Of(results.Select(result => result.Milliseconds), 50),
            P95Ms = Percentile.Of(results.Select(result => result.Milliseconds), 95),
        };
        if (format is OutputFormat.Json)
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(summary, Json.Line));
            return;
        }

        var table = new Table { Border = TableBorder.Rounded };
        table.AddColumns("field", "F1", "stands on the read page");
        foreach (var (name, field) in summary.Fields)
            table.AddRow(name, Number(field.F1), Number(field.Readable));
        table.AddRow("all three, micro", Number(summary.MicroF1), "");
        AnsiConsole.Write(table);
        AnsiConsole.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{results.Count} receipts, all three right in {summary.AllRight:P0}, words found {summary.WordsFound:P1}, page to record median {summary.MedianMs:0} ms, 95 % {summary.P95Ms:0} ms"));
    }

    /// <summary>Every document has each field, and an empty prediction is none.</summary>
    private static double F1(IEnumerable<FieldOutcome> outcomes)
    {
        var (right, predicted, gold) = (0, 0, 0);
        foreach (var outcome in outcomes)
        {
            right += outcome.IsRight ? 1 : 0;
            predicted += outcome.Predicted is null ? 0 : 1;
            gold++;
        }

        return predicted + gold == 0 ? 0 : 2.0 * right / (predicted + gold);
    }

    private static double Share(int part, int whole) => whole == 0 ? 0 : part / (double)whole;

    private static string Number(double value) => value.ToString("0.000", CultureInfo.InvariantCulture);
}
