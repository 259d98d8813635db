using TaskServices.Inference;

namespace TaskServices.Tuning;

/// <summary>Finds the bundled base model above the program's folder.</summary>
internal static class BundledModel
{
    /// <exception cref="InferenceException">It is not there.</exception>
    public static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var models = Path.Combine(folder.FullName, "models", "smollm2-135m-instruct");
            if (Directory.Exists(models) && Directory.EnumerateFiles(models, "*.gguf").FirstOrDefault() is { } path)
            {
                return path;
            }
        }

        throw new InferenceException("MODEL_NOT_FOUND", "The bundled model was not found above the program. Name a GGUF file with --base.");
    }
}
