using System.CommandLine;
using System.Globalization;
using TaskServices.Cli.Terminal;
using TaskServices.Inference.Decoding;
using TaskServices.Inference.Decoding.JsonSchema;
using TaskServices.Inference.Models;
using TaskServices.Inference.Scheduling;
using TaskServices.Inference.Tokenization;
using TaskServices.Inference.Tokenization.Chat;

namespace TaskServices.Cli.Commands;

/// <summary><c>generate</c>: the bare inference host, for looking at a model. The prompt is text; special tokens in it stay text.</summary>
internal static class GenerateCommand
{
    public static Command Create()
    {
        var maxTokens = new Option<int>("--max-tokens") { Description = "Completion tokens at most.", HelpName = "N", DefaultValueFactory = _ => 128 };
        maxTokens.RequireRange(1, 8192);
        var temperature = new Option<double>("--temperature") { Description = "0 is greedy; up to 5.", HelpName = "T" };
        temperature.RequireRange(0.0, 5.0);
        var topP = new Option<double>("--top-p") { Description = "Nucleus mass, in [0.01, 1].", HelpName = "P", DefaultValueFactory = _ => 1 };
        topP.RequireRange(0.01, 1.0);
        var seed = new Option<ulong>("--seed") { Description = "The same seed gives the same completion.", HelpName = "N" };
        var grammar = new Option<string?>("--grammar") { Description = "EBNF file that the completion keeps to.", HelpName = "FILE" };
        var jsonSchema = new Option<string?>("--json-schema") { Description = "JSON Schema file; the completion is JSON that validates.", HelpName = "FILE" };
        var prompt = new Argument<string>("prompt") { Description = "Text to continue, or with --chat the user's message." };
        var chat = new ChatOptions();
        var model = new ModelOptions();
        var command = new Command("generate", "Completes a prompt with the bare model.") { maxTokens, temperature, topP, seed, grammar, jsonSchema, prompt };
        command.Validators.Add(result =>
        {
            if (result.GetResult(grammar) is not null && result.GetResult(jsonSchema) is not null)
            {
                result.AddError("Option '--json-schema' cannot stand beside '--grammar': give one of them.");
            }
        });
        chat.AddTo(command);
        model.AddTo(command);
        var mode = AdapterMode.CreateOption(AdapterMode.Merged);
        command.Add(mode);
        command.SetAction((parsed, cancellationToken) =>
        {
            var request = new GenerationRequest
            {
                PromptTokenIds = [],
                MaxCompletionTokens = parsed.GetValue(maxTokens),
                Sampling = new SamplingOptions(parsed.GetValue(temperature), parsed.GetValue(topP), parsed.GetValue(seed)),
            };
            return RunAsync(
                model.Read(parsed) with { AdapterAtRunTime = parsed.GetValue(mode) == AdapterMode.RunTime },
                parsed.GetRequiredValue(prompt),
                chat.Read(parsed),
                request with { Grammar = ReadGrammar(parsed.GetValue(grammar), parsed.GetValue(jsonSchema)) },
                parsed.GetValue(GlobalOptions.Format),
                cancellationToken);
        });
        ExampleHelpAction.SetExamples(
            command,
            "taskservices generate --adapter none \"The capital of France is\"",
            "taskservices generate --adapter none --chat --system \"Answer in one word.\" \"What is the capital of France?\"",
            "taskservices generate --adapter text-to-sql --adapter-mode runtime \"singer(singer_id*, name)\"",
            "taskservices generate --model /tmp/smollm2 --temperature 0.8 --seed 7 --max-tokens 50 \"Once upon a time\"",
            "taskservices generate --adapter none --chat --json-schema person.json \"Describe a person.\"");
        return command;
    }

    private static async Task<int> RunAsync(
        ModelChoice model, string prompt, ChatSettings? chat, GenerationRequest request, OutputFormat format, CancellationToken cancellationToken)
    {
        var chatFormat = chat is null ? null : await FindChatFormatAsync(model, chat, cancellationToken);
        await using var session = await Composition.OpenModelAsync(model, new ModelSessionOptions { SlotCount = 1 }, cancellationToken);
        var tokenizer = session.Tokenizer;
        var promptTokenIds = chatFormat is null ? EncodePlain(prompt, tokenizer) : chatFormat.Render(chat!.Messages(prompt), tokenizer);
        var stream = session.StreamAsync(request with { PromptTokenIds = promptTokenIds, Adapter = model.AdapterName }, cancellationToken);
        var decoder = new StreamingDecoder(tokenizer);
        var text = new System.Text.StringBuilder();
        await foreach (var token in stream)
        {
            Emit(decoder.Append(token.Id));
        }

        Emit(decoder.Complete());
        Report(await stream.Completion, text.ToString(), format);
        return ExitCode.Done;

        void Emit(string piece)
        {
            text.Append(piece);
            if (format is OutputFormat.Human)
            {
                Console.Out.Write(CellText.Printable(piece));
            }
        }
    }

    private static int[] EncodePlain(string prompt, ITokenizer tokenizer) =>
        tokenizer.BosTokenId is { } bos ? [bos, .. tokenizer.Encode(prompt)] : tokenizer.Encode(prompt);

    private static async Task<ChatFormat> FindChatFormatAsync(ModelChoice model, ChatSettings chat, CancellationToken cancellationToken)
    {
        if (chat.FormatName is { } name)
        {
            return ChatFormat.Named(name);
        }

        var format = ChatFormat.Find(await Composition.ImportModelAsync(model, cancellationToken));
        return format.Note is null
            ? format
            : throw CliException.Environment(
                "CHAT_TEMPLATE_MISSING",
                $"{model.ModelPath}: the model has no chat template; leave --chat out, or name its format with --chat-format: {string.Join(", ", ChatFormat.Names)}.");
    }

    /// <summary>Reads one of the two, and parses it before the model is loaded, so that a mistake in it is known at once.</summary>
    private static GrammarText? ReadGrammar(string? grammarPath, string? schemaPath) => (grammarPath, schemaPath) switch
    {
        ({ } path, _) => new GrammarText(Grammar.Parse(ReadFile(path)).Text),
        (_, { } path) => new GrammarText(Grammar.Parse(JsonSchemaGrammar.Write(ReadFile(path))).Text),
        _ => null,
    };

    private static string ReadFile(string path) => File.Exists(path) ? File.ReadAllText(path) : throw CliException.FileNotFound(path);

    private static void Report(Completion completion, string text, OutputFormat format)
    {
        var seconds = completion.Duration.TotalSeconds;
        if (format is OutputFormat.Json)
        {
            JsonLines.Write(new
            {
                text,
                completion.TokenIds,
                completion.FinishReason,
                PromptTokens = completion.PromptTokenCount,
                CompletionTokens = completion.TokenIds.Count,
                TimeToFirstTokenMs = Math.Round(completion.TimeToFirstToken.TotalMilliseconds, 1),
                LatencyMs = Math.Round(completion.Duration.TotalMilliseconds, 1),
            });
        }
        else
        {
            Console.Out.WriteLine();
            Console.Error.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{completion.PromptTokenCount} prompt tokens, {completion.TokenIds.Count} completion tokens, {seconds:0.00} s, finished by {completion.FinishReason.ToString().ToUpperInvariant()}"));
        }
    }
}
