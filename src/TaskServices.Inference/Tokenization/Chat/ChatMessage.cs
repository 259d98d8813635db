namespace TaskServices.Inference.Tokenization.Chat;

/// <summary>Who says a message.</summary>
public enum ChatRole
{
    /// <summary>Sets the task; the first message or none.</summary>
    System,

    /// <summary>Asks.</summary>
    User,

    /// <summary>Answers.</summary>
    Assistant,
}

/// <summary>One message of a conversation.</summary>
/// <param name="Role">Who says it.</param>
/// <param name="Content">What is said. Text such as <c>&lt;|im_end|&gt;</c> in it stays text.</param>
public sealed record ChatMessage(ChatRole Role, string Content);
