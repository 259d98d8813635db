namespace TaskServices.Inference.Tokenization.Chat;

/// <summary>What is written around a message, and what is left out of it.</summary>
internal readonly record struct ChatTurn(string Prefix, string Suffix, ContentTrim Trim = ContentTrim.None);

/// <summary>Where the system message goes.</summary>
internal enum SystemPlacement
{
    /// <summary>In a turn of its own.</summary>
    OwnTurn,

    /// <summary>Before the first user message, inside its turn.</summary>
    FirstUserTurn,

    /// <summary>Before the last user message, inside its turn.</summary>
    LastUserTurn,
}

/// <summary>Which white space at the ends of a message is left out.</summary>
internal enum ContentTrim
{
    /// <summary>None.</summary>
    None,

    /// <summary>That at its start.</summary>
    Start,

    /// <summary>That at its end.</summary>
    End,

    /// <summary>That at both ends.</summary>
    Both,
}

/// <summary>A chat format as data: what a model family's template writes, without the template's language.</summary>
internal sealed record ChatSyntax(string Name)
{
    /// <summary>Gets texts that a template of this format holds, all of them.</summary>
    public string[] Markers { get; init; } = [];

    /// <summary>Gets texts that only templates of other formats hold.</summary>
    public string[] Excludes { get; init; } = [];

    /// <summary>Gets the texts in this data that are control tokens; all others are ordinary text.</summary>
    public string[] ControlTokens { get; init; } = [];

    /// <summary>Gets what the prompt begins with.</summary>
    public string Begin { get; init; } = "";

    public ChatTurn System { get; init; } = new("", "");

    public ChatTurn User { get; init; } = new("", "");

    /// <summary>Gets what is left out of the user message that a system message stands before, where it differs.</summary>
    public ContentTrim? UserTrimAfterSystem { get; init; }

    public ChatTurn Assistant { get; init; } = new("", "");

    /// <summary>Gets what stands between two turns.</summary>
    public string Separator { get; init; } = "";

    /// <summary>Gets what makes the model answer.</summary>
    public string GenerationPrompt { get; init; } = "";

    public SystemPlacement SystemPlacement { get; init; }

    /// <summary>Gets the system message of conversations that have none; null where the format writes no system turn then.</summary>
    public string? DefaultSystemMessage { get; init; }
}
