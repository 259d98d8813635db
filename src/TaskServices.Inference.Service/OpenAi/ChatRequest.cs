using System.Text.Json;
using TaskServices.Inference.Tokenization.Chat;

namespace TaskServices.Inference.Service.OpenAi;

/// <summary>Reads requests of <c>/v1/chat/completions</c>; the model's own chat format makes the prompt.</summary>
internal static class ChatRequest
{
    private const int MaxMessages = 1_024;

    public static TextGeneration Read(RequestFields fields, ServedModel served)
    {
        var prompt = ReadPrompt(fields, served);
        foreach (var name in (string[])["tools", "functions"])
            fields.AllowOnly(name, value => value.ValueKind is JsonValueKind.Array && value.GetArrayLength() == 0, "use 'response_format' for structured output");
        fields.AllowOnly("tool_choice", value => value.ValueKind is JsonValueKind.String && value.ValueEquals("none"u8), "there are no tools");
        fields.AllowOnly("modalities", value => value.ValueKind is JsonValueKind.Array && value.GetRawText() is """["text"]""", "the model writes text only");
        fields.AllowOnly("top_logprobs", value => value.ValueKind is JsonValueKind.Number && value.TryGetInt32(out var count) && count is 0, "only the chosen token's log-probability is known");
        var generation = GenerationReader.Read(fields, served, [prompt], defaultMaxTokens: null, includesLogProbabilities: fields.Flag("logprobs"));
        fields.RefuseOthers();
        return generation;
    }

    private static int[] ReadPrompt(RequestFields fields, ServedModel served)
    {
        var messages = ReadMessages(fields);
        var format = served.ChatFormat ?? throw served.ChatFormatError!;
        try
        {
            return format.Render(messages, served.Host.Tokenizer);
        }
        catch (ArgumentException)
        {
            throw OpenAiException.Invalid(
                "invalid_value", "messages", "'messages' must be a system message or none, then user and assistant in turn, the last the user's.");
        }
    }

    private static ChatMessage[] ReadMessages(RequestFields fields)
    {
        if (fields.Find("messages") is not { } messages)
            throw OpenAiException.Invalid("missing_required_parameter", "messages", "'messages' is required.");
        if (messages.ValueKind is not JsonValueKind.Array || messages.GetArrayLength() is 0 or > MaxMessages)
            throw RequestFields.WrongType("messages", $"an array of 1 to {MaxMessages:N0} messages");
        return [.. messages.EnumerateArray().Select((message, index) => ReadMessage(message, $"messages[{index}]"))];
    }

    private static ChatMessage ReadMessage(JsonElement element, string name)
    {
        if (element.ValueKind is not JsonValueKind.Object)
            throw RequestFields.WrongType(name, "an object with 'role' and 'content'");
        var message = new RequestFields(element, name + ".");
        var role = message.Text("role") switch
        {
            "system" or "developer" => ChatRole.System,
            "user" => ChatRole.User,
            "assistant" => ChatRole.Assistant,
            _ => throw OpenAiException.Invalid("invalid_value", $"{name}.role", $"'{name}.role' must be system, developer, user or assistant."),
        };
        var content = message.Find("content")
            ?? throw OpenAiException.Invalid("missing_required_parameter", $"{name}.content", $"'{name}.content' is required.");
        message.Ignore("name", "refusal");
        message.AllowOnly("tool_calls", value => value.ValueKind is JsonValueKind.Array && value.GetArrayLength() == 0, "there are no tools");
        message.RefuseOthers();
        return new ChatMessage(role, ReadContent(content, $"{name}.content"));
    }

    private static string ReadContent(JsonElement content, string name)
    {
        if (content.ValueKind is not JsonValueKind.Array)
            return RequestFields.TextOf(content, name);
        var parts = content.EnumerateArray().Select((part, index) =>
        {
            var partName = $"{name}[{index}]";
            if (part.ValueKind is not JsonValueKind.Object)
                throw RequestFields.WrongType(partName, "an object with 'type' and 'text'");
            var fields = new RequestFields(part, partName + ".");
            if (fields.Text("type") is not "text")
                throw OpenAiException.Invalid("invalid_value", $"{partName}.type", $"'{partName}.type' must be text.");
            return fields.Text("text") ?? throw OpenAiException.Invalid("missing_required_parameter", $"{partName}.text", $"'{partName}.text' is required.");
        });
        return string.Concat(parts);
    }
}
