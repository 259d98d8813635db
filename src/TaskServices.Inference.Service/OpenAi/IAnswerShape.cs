namespace TaskServices.Inference.Service.OpenAi;

/// <summary>How the answers of one kind of request look.</summary>
internal interface IAnswerShape
{
    /// <summary>Gets the beginning of an answer's ID, for example <c>cmpl-</c>.</summary>
    string IdPrefix { get; }

    /// <summary>Gets the name of a whole answer.</summary>
    string AnswerObject { get; }

    /// <summary>Gets the name of one event of a stream.</summary>
    string EventObject { get; }

    /// <summary>Makes a choice of a whole answer.</summary>
    /// <param name="tokens">The tokens, or null where nobody asked for log-probabilities.</param>
    object Choice(int index, string text, IReadOnlyList<ChoiceToken>? tokens, string finishReason);

    /// <summary>Makes what opens a choice in a stream; null where nothing does.</summary>
    object? Opening(int index);

    /// <summary>Makes a choice of a stream's event.</summary>
    object Part(int index, string text, IReadOnlyList<ChoiceToken>? tokens, string? finishReason);
}
