namespace TaskServices.Inference.Service.OpenAi;

/// <summary>Something new of one choice.</summary>
/// <param name="Index">The choice, counted over all prompts.</param>
/// <param name="Text">The text that follows.</param>
/// <param name="Tokens">The tokens that it is made of.</param>
/// <param name="FinishReason"><c>stop</c> or <c>length</c> where the choice ends with this, else null.</param>
internal sealed record ChoiceEvent(int Index, string Text, IReadOnlyList<ChoiceToken> Tokens, string? FinishReason);
