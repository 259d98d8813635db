namespace TaskServices.Inference.Service.OpenAi;

/// <summary>Answers of <c>/v1/chat/completions</c>.</summary>
internal sealed class ChatShape : IAnswerShape
{
    public string IdPrefix => "chatcmpl-";

    public string AnswerObject => "chat.completion";

    public string EventObject => "chat.completion.chunk";

    public object Choice(int index, string text, IReadOnlyList<ChoiceToken>? tokens, string finishReason) => new
    {
        index,
        message = new { role = "assistant", content = text, refusal = (string?)null },
        logprobs = ToLogProbabilities(tokens),
        finish_reason = finishReason,
    };

    public object? Opening(int index) => new
    {
        index,
        delta = new { role = "assistant", content = "" },
        logprobs = (object?)null,
        finish_reason = (string?)null,
    };

    public object Part(int index, string text, IReadOnlyList<ChoiceToken>? tokens, string? finishReason) => new
    {
        index,
        delta = new { content = text },
        logprobs = ToLogProbabilities(tokens),
        finish_reason = finishReason,
    };

    private static object? ToLogProbabilities(IReadOnlyList<ChoiceToken>? tokens) => tokens is null ? null : new
    {
        content = tokens.Select(token => new
        {
            token = token.Text,
            logprob = token.LogProbability,
            bytes = token.Bytes.Select(value => (int)value),
            top_logprobs = Array.Empty<object>(),
        }),
        refusal = (object?)null,
    };
}
