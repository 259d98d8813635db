namespace TaskServices.Inference.Tokenization.Chat;

/// <summary>How a model wants a conversation written. Immutable and thread-safe.</summary>
/// <remarks>
/// Messages never become control tokens, whatever they hold. Some formats also mark turns with ordinary text (<c>[INST]</c> of Llama 2,
/// <c>### Instruction:</c> of DeepSeek-Coder); there a message can imitate the mark, as with the model's own template.
/// </remarks>
public sealed class ChatFormat
{
    private readonly ChatSyntax _syntax;

    private ChatFormat(ChatSyntax syntax, string source, string? note) => (_syntax, Source, Note) = (syntax, source, note);

    /// <summary>Gets the format's name: <c>chatml</c>, <c>llama-3</c>, …, or <c>plain</c>.</summary>
    public string Name => _syntax.Name;

    /// <summary>Gets the file that the format was chosen from.</summary>
    public string Source { get; }

    /// <summary>Gets why the format is plain, for the log; null where the model has a template.</summary>
    public string? Note { get; }

    /// <summary>Gets the system message that is written where a conversation has none, or null.</summary>
    public string? DefaultSystemMessage => string.IsNullOrEmpty(_syntax.DefaultSystemMessage) ? null : _syntax.DefaultSystemMessage;

    /// <summary>Gets the names of every known format.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. ChatFormats.All.Select(syntax => syntax.Name)];

    /// <summary>Gets a format by its name, for a model whose files do not tell it.</summary>
    /// <exception cref="InferenceException"><c>CHAT_FORMAT_UNKNOWN</c>: there is no such format; the message names all.</exception>
    public static ChatFormat Named(string name) => ChatFormats.All.FirstOrDefault(syntax => syntax.Name == name) is { } found
        ? new ChatFormat(found, name, null)
        : throw new InferenceException("CHAT_FORMAT_UNKNOWN", $"'{name}' is no chat format; known are {string.Join(", ", Names)}.");

    /// <summary>Chooses the format by the chat template of a model.</summary>
    /// <param name="path">A model directory, or a GGUF or tokenizer file.</param>
    /// <exception cref="InferenceException">
    /// <c>CHAT_TEMPLATE_UNSUPPORTED</c>: the template is of no known format. <c>TOKENIZER_NOT_FOUND</c>, <c>TOKENIZER_INVALID</c>, or the
    /// errors of <see cref="Models.GgufFile.Open"/>: a file is absent or broken.
    /// </exception>
    public static ChatFormat Find(string path)
    {
        var template = ChatTemplate.Read(path);
        var (syntax, note) = ChatTemplateReader.Recognize(template);
        return new ChatFormat(syntax, template.File, note);
    }

    /// <summary>Writes a conversation as the prompt that the model answers, BOS token included.</summary>
    /// <param name="messages">A system message or none, then user and assistant in turn; the last is the user's.</param>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <exception cref="ArgumentException">The messages are in another order.</exception>
    /// <exception cref="InferenceException">
    /// <c>CHAT_TEMPLATE_UNSUPPORTED</c>: the tokenizer lacks a control token of the format.
    /// </exception>
    public int[] Render(IReadOnlyList<ChatMessage> messages, ITokenizer tokenizer)
    {
        ArgumentNullException.ThrowIfNull(messages);
        ArgumentNullException.ThrowIfNull(tokenizer);
        RequireOrder(messages);
        var hasSystem = messages[0].Role is ChatRole.System;
        var system = hasSystem ? Trim(messages[0].Content, _syntax.System.Trim) : _syntax.DefaultSystemMessage;
        var ownsTurn = _syntax.SystemPlacement is SystemPlacement.OwnTurn;
        var first = hasSystem ? 1 : 0;
        var systemTurn = _syntax.SystemPlacement is SystemPlacement.FirstUserTurn ? first : messages.Count - 1;

        var prompt = new PromptWriter(tokenizer, _syntax, Source);
        prompt.WriteMarks(_syntax.Begin);
        if (system is not null && ownsTurn)
        {
            WriteSystem(prompt, system);
            prompt.WriteMarks(_syntax.Separator);
        }

        for (var i = first; i < messages.Count; i++)
        {
            if (i > first)
                prompt.WriteMarks(_syntax.Separator);
            WriteTurn(
                prompt,
                messages[i].Role is ChatRole.User ? _syntax.User : _syntax.Assistant,
                ownsTurn || i != systemTurn ? null : system,
                messages[i].Content);
        }

        prompt.WriteMarks(_syntax.GenerationPrompt);
        return prompt.ToTokens();
    }

    internal static InferenceException Unsupported(string file, string problem) => new(
        "CHAT_TEMPLATE_UNSUPPORTED", $"{file}: {problem}; send the model a plain prompt, or name one of the known formats: {string.Join(", ", Names)}.");

    private static void RequireOrder(IReadOnlyList<ChatMessage> messages)
    {
        var first = messages.Count > 0 && messages[0].Role is ChatRole.System ? 1 : 0;
        var isOrdered = messages.Count > first && (messages.Count - first) % 2 == 1;
        for (var i = first; isOrdered && i < messages.Count; i++)
            isOrdered = messages[i].Role == ((i - first) % 2 == 0 ? ChatRole.User : ChatRole.Assistant);
        if (!isOrdered)
            throw new ArgumentException("a system message or none, then user and assistant in turn, the last the user's", nameof(messages));
    }

    private void WriteTurn(PromptWriter prompt, ChatTurn turn, string? system, string content)
    {
        prompt.WriteMarks(turn.Prefix);
        if (system is not null)
            WriteSystem(prompt, system);
        prompt.WriteText(Trim(content, system is null ? turn.Trim : _syntax.UserTrimAfterSystem ?? turn.Trim));
        prompt.WriteMarks(turn.Suffix);
    }

    private void WriteSystem(PromptWriter prompt, string system)
    {
        prompt.WriteMarks(_syntax.System.Prefix);
        prompt.WriteText(system);
        prompt.WriteMarks(_syntax.System.Suffix);
    }

    private static string Trim(string content, ContentTrim trim) => trim switch
    {
        ContentTrim.Start => content.TrimStart(),
        ContentTrim.End => content.TrimEnd(),
        ContentTrim.Both => content.Trim(),
        _ => content,
    };
}
