namespace TaskServices.Inference.Models.Importing;

/// <summary>The typed failures of writing an imported model.</summary>
internal static class ImportErrors
{
    public static InferenceException CannotWrite(string folder, Exception inner) =>
        new("MODEL_WRITE_FAILED", $"{folder}: cannot write the imported model ({FirstLine(inner)}); free space there or choose another folder.", inner);

    public static InferenceException TargetOccupied(string folder) =>
        new("MODEL_OUTPUT_EXISTS", $"{folder}: the folder is not empty and is no imported model; choose another one.");

    public static InferenceException BadBits(int bits) =>
        new("BITS_UNSUPPORTED", $"{bits} bits are not supported; choose 4, 8, 16 or 32.");

    private static string FirstLine(Exception exception) => exception.Message.Split('\n')[0].TrimEnd('.', '\r');
}
