using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Spectre.Console;
using TaskServices.Inference;
using TaskServices.Inference.Models;
using TaskServices.Inference.Tokenization;

namespace TaskServices.Evals.Commands;

/// <summary><c>eval inference</c>: what fewer bits of a weight cost, as the perplexity of one fixed text.</summary>
internal static class InferenceCommand
{
    private const int ReferenceBits = 32;

    private static readonly Option<string?> Model = new("--model") { Description = "GGUF file or checkpoint folder. Default: the bundled model." };

    private static readonly Option<string> Text = new("--text")
    {
        Description = "Text file, UTF-8. Default: evals/datasets/perplexity/text.txt.",
        DefaultValueFactory = _ => EvaluationDefaults.InEvals("datasets", "perplexity", "text.txt"),
    };

    private static readonly Option<int> Window = new("--window") { Description = "Tokens of a window, 2 to 2048.", DefaultValueFactory = _ => 512 };

    private static readonly Option<OutputFormat> Format = new("--format") { Description = "human or json." };

    /// <summary>Bits of a weight, and the largest perplexity over that of fp32 that is accepted.</summary>
    private static readonly (int Bits, double LargestRatio)[] Imports = [(ReferenceBits, 1), (8, 1.01), (4, 1.06)];

    public static Command Create()
    {
        var command = new Command("inference", "Perplexity of a fixed text with weights of 32, 8 and 4 bits; 1 when 8 bits cost more than 1 % or 4 bits more than 6 %.")
        {
            Model, Text, Window, Format,
        };
        Window.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 2 or > 2048)
                result.AddError("--window must be 2 to 2048.");
        });
        command.SetAction((arguments, cancellationToken) => Task.Run(() => Measure(arguments, cancellationToken), cancellationToken));
        return command;
    }

    private static int Measure(ParseResult arguments, CancellationToken cancellationToken)
    {
        var format = arguments.GetValue(Format);
        var model = arguments.GetValue(Model) ?? Composition.BundledModel();
        var rows = new List<Row>();
        try
        {
            var tokens = TokenizerLoader.Load(model).Encode(ReadText(arguments.GetValue(Text)!), parseSpecialTokens: false);
            if (tokens.Length < 2)
                throw new EvaluationException("TEXT_TOO_SHORT", $"{arguments.GetValue(Text)}: the text has {tokens.Length} tokens; at least 2 are needed.");

            foreach (var (bits, largest) in Imports)
            {
                var request = new ModelImportRequest { SourcePath = model, Bits = bits };
                var directory = new ModelStore(null).GetOrImport(request, null, cancellationToken);
                using var session = ModelSession.Open(directory, new ModelSessionOptions { SlotCount = 1, Provider = ExecutionProviderChoice.Cpu });
                var window = Math.Min(arguments.GetValue(Window), session.SlotCapacity);
                var perplexity = Perplexity.Compute(session, tokens, window, cancellationToken);
                var ratio = rows.Count == 0 ? 1 : perplexity / rows[0].Perplexity;
                rows.Add(new Row(bits, perplexity, ratio, ratio <= largest, tokens.Length, window, session.Manifest.WeightsBytes, session.Manifest.SourceSha256));
                if (format is OutputFormat.Json)
                    Console.Out.WriteLine(JsonSerializer.Serialize(rows[^1], Json.Line));
            }
        }
        catch (InferenceException exception)
        {
            throw new EvaluationException(exception.Reason, exception.Message, exception);
        }

        if (format is OutputFormat.Human)
            Write(rows);
        return rows.TrueForAll(row => row.Passed) ? ExitCodes.Done : ExitCodes.No;
    }

    private static string ReadText(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new EvaluationException("TEXT_MISSING", $"{path}: not found or not readable.", exception);
        }
    }

    private static void Write(List<Row> rows)
    {
        var table = new Table { Border = TableBorder.Rounded };
        table.AddColumns("bits", "perplexity", "against fp32", "weights", "verdict");
        foreach (var row in rows)
        {
            table.AddRow(
                row.Bits.ToString(CultureInfo.InvariantCulture),
                row.Perplexity.ToString("0.000", CultureInfo.InvariantCulture),
                (row.Ratio - 1).ToString("+0.00 %;-0.00 %", CultureInfo.InvariantCulture),
                string.Create(CultureInfo.InvariantCulture, $"{row.WeightsBytes / 1e6:0} MB"),
                row.Passed ? "passed" : "FAILED");
        }

        AnsiConsole.Write(table);
        AnsiConsole.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{rows[0].Tokens} tokens in windows of {rows[0].WindowTokens}"));
    }

    /// <summary>One import.</summary>
    /// <param name="Ratio">Perplexity over that of fp32.</param>
    private sealed record Row(int Bits, double Perplexity, double Ratio, bool Passed, int Tokens, int WindowTokens, long WeightsBytes, string ModelSha256);
}
