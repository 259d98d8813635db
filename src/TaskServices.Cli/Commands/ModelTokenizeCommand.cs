using System.CommandLine;
using System.Text.Json;
using TaskServices.Cli.Terminal;
using TaskServices.Inference.Tokenization;

namespace TaskServices.Cli.Commands;

/// <summary><c>model tokenize</c>: token IDs of texts. Its rows are data, so they are JSON lines in either format.</summary>
internal static class ModelTokenizeCommand
{
    public static Command Create()
    {
        var source = new Argument<string>("source") { Description = "Model folder, GGUF file, tokenizer.json or tokenizer.model.", HelpName = "SRC" };
        var input = new Option<string>("--in") { Description = "JSON lines {text}.", HelpName = "TEXTS.jsonl", Required = true };
        var command = new Command("tokenize", "Writes the token IDs of texts as JSON lines {text, ids, decoded}.") { source, input };
        command.SetAction((parsed, cancellationToken) =>
        {
            var path = parsed.GetRequiredValue(input);
            if (!File.Exists(path))
            {
                throw CliException.FileNotFound(path);
            }

            var tokenizer = TokenizerLoader.Load(parsed.GetRequiredValue(source));
            var lineNumber = 0;
            foreach (var line in File.ReadLines(path))
            {
                cancellationToken.ThrowIfCancellationRequested();
                lineNumber++;
                if (!string.IsNullOrWhiteSpace(line))
                {
                    var text = ReadText(line)
                        ?? throw CliException.Environment("BAD_TEXT_ROW", $"{path}, line {lineNumber}: must be a JSON object with text.");
                    var ids = tokenizer.Encode(text, parseSpecialTokens: true);
                    JsonLines.Write(new { text, ids, decoded = tokenizer.Decode(ids) });
                }
            }

            return Task.FromResult(ExitCode.Done);
        });
        ExampleHelpAction.SetExamples(command, "taskservices model tokenize models/smollm2-135m-instruct --in texts.jsonl");
        return command;
    }

    private static string? ReadText(string line)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            return document.RootElement.ValueKind is JsonValueKind.Object
                && document.RootElement.TryGetProperty("text", out var text) && text.ValueKind is JsonValueKind.String
                    ? text.GetString()
                    : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
