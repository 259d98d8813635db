namespace TaskServices.Inference.Tokenization;

/// <summary>What a token ID stands for.</summary>
internal enum TokenKind : byte
{
    /// <summary>An ID that the vocabulary leaves out.</summary>
    Unused,

    /// <summary>A piece of text.</summary>
    Normal,

    /// <summary>Stands for text that the vocabulary cannot write.</summary>
    Unknown,

    /// <summary>Steers the model; never part of the text, never made from what a user typed.</summary>
    Control,

    /// <summary>A piece of text that is matched before the merges, such as a run of spaces.</summary>
    UserDefined,

    /// <summary>One byte, for text that no other piece covers.</summary>
    Byte,
}
