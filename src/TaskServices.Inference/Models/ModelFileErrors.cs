namespace TaskServices.Inference.Models;

/// <summary>The typed failures of reading weight files; every message names the file and the place in it.</summary>
internal static class ModelFileErrors
{
    public static InferenceException Missing(string path, Exception? inner = null) =>
        new("MODEL_FILE_MISSING", $"{path}: the file does not exist or cannot be read; check the path and its permissions.", inner);

    public static InferenceException Truncated(string path, long offset, string what) =>
        new("MODEL_FILE_TRUNCATED", $"{path}: the file ends inside {ErrorText.Quote(what)} at offset {offset}; copy or download it again.");

    public static InferenceException Invalid(string path, string where, string problem) =>
        new("MODEL_FILE_INVALID", $"{path}: {ErrorText.Quote(where)}: {ErrorText.Quote(problem)}; the file is damaged or was not written by a conforming tool.");

    public static InferenceException Unsupported(string path, string where, string problem) =>
        new("MODEL_FILE_UNSUPPORTED", $"{path}: {ErrorText.Quote(where)}: {ErrorText.Quote(problem)}.");
}
