namespace TaskServices.Inference.Service.OpenAi;

/// <summary>Answers of <c>/v1/completions</c>.</summary>
internal sealed class CompletionShape : IAnswerShape
{
    public string IdPrefix => "cmpl-";

    public string AnswerObject => "text_completion";

    public string EventObject => "text_completion";

    public object Choice(int index, string text, IReadOnlyList<ChoiceToken>? tokens, string finishReason) => Part(index, text, tokens, finishReason);

    public object? Opening(int index) => null;

    public object Part(int index, string text, IReadOnlyList<ChoiceToken>? tokens, string? finishReason) => new
    {
        text,
        index,
        logprobs = tokens is null ? null : new
        {
            tokens = tokens.Select(token => token.Text),
            token_logprobs = tokens.Select(token => token.LogProbability),
            top_logprobs = (object?)null,
            text_offset = tokens.Select(token => token.TextOffset),
        },
        finish_reason = finishReason,
    };
}
