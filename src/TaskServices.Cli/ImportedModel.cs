using TaskServices.Cli.Terminal;
using TaskServices.Inference.Models;

namespace TaskServices.Cli;

/// <summary>Finds the runtime's form of a model, importing it where it is not in the cache yet.</summary>
internal static class ImportedModel
{
    private const string ManifestName = "manifest.json";

    /// <summary>Gets the directory to load, with the adapter merged unless it is added at run time.</summary>
    /// <exception cref="Inference.InferenceException">The model or the adapter is bad, or the cache cannot be written.</exception>
    public static async Task<string> GetDirectoryAsync(ModelChoice choice, int bits, CancellationToken cancellationToken)
    {
        choice = choice.AdapterAtRunTime ? choice with { AdapterPath = null } : choice;
        var request = new ModelImportRequest { SourcePath = choice.ModelPath, AdapterPath = choice.AdapterPath, Bits = bits };
        if (IsImported(choice.ModelPath))
        {
            if (choice.AdapterPath is null)
            {
                return choice.ModelPath;
            }

            request = FromSource(request, ModelManifest.Read(choice.ModelPath));
        }

        var store = new ModelStore(choice.CachePath);
        return await ImportAsync(progress => store.GetOrImport(request, progress, cancellationToken));
    }

    public static bool IsImported(string path) => File.Exists(Path.Combine(path, ManifestName));

    /// <summary>Runs an import behind a progress display.</summary>
    public static Task<T> ImportAsync<T>(Func<IProgress<ImportProgress>, T> import) =>
        ProgressDisplay.RunAsync("importing the model", report => Task.Run(() => import(new FractionProgress(report))));

    // Weights that were rounded already are not to be rounded again: an adapter is merged into the source.
    private static ModelImportRequest FromSource(ModelImportRequest request, ModelManifest manifest) =>
        Path.Exists(manifest.SourcePath)
            ? request with { SourcePath = manifest.SourcePath, Bits = manifest.Bits }
            : throw CliException.Environment(
                "MODEL_SOURCE_MISSING",
                $"{request.SourcePath}: an adapter is merged into what the model was imported from, and {manifest.SourcePath ?? manifest.Source} is gone. Name the source in its place.");

    private sealed class FractionProgress(Action<double> report) : IProgress<ImportProgress>
    {
        public void Report(ImportProgress value) => report(value.TotalBytes > 0 ? (double)value.DoneBytes / value.TotalBytes : 0);
    }
}
