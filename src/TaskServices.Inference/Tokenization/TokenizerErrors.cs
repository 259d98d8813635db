namespace TaskServices.Inference.Tokenization;

/// <summary>Makes the errors of tokenizer files.</summary>
internal static class TokenizerErrors
{
    /// <summary>The file is broken, or is no tokenizer.</summary>
    public static InferenceException Invalid(string file, string field, string problem, Exception? cause = null) =>
        new("TOKENIZER_INVALID", $"{file}: {ErrorText.Quote(field)}: {ErrorText.Quote(problem)}", cause);

    /// <summary>The file is whole, but asks for something that is not built here; guessing would give wrong tokens.</summary>
    public static InferenceException Unsupported(string file, string field, string what) =>
        new("TOKENIZER_UNSUPPORTED", $"{file}: {ErrorText.Quote(field)}: {ErrorText.Quote(what)} is not supported");

    public static InferenceException NotFound(string path, string problem) => new("TOKENIZER_NOT_FOUND", $"{path}: {problem}");
}
