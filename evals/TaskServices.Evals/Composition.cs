using System.Reflection;
using TaskServices.Evals.Contenders;
using TaskServices.Inference;
using TaskServices.Inference.Models;
using TaskServices.TextToSql.Generation;
using TaskServices.TextToSql.Schema;
using TaskServices.TextToSql.Sql;

namespace TaskServices.Evals;

/// <summary>The one place that builds the real text-to-SQL service.</summary>
internal static class Composition
{
    private const string DefaultModel = "models/smollm2-135m-instruct/SmolLM2-135M-Instruct.Q4_1.gguf";
    private const string DefaultAdapter = "models/text-to-sql";

    /// <inheritdoc cref="OpenPipelineAsync"/>
    /// <param name="machineCostPerHour">Cost of the machine, spread over the time of each answer; null where it is not known.</param>
    public static async Task<IContender> CreateServiceAsync(
        IReadOnlyDictionary<string, string> databases, string? modelPath, string? adapterPath, double? machineCostPerHour, CancellationToken cancellationToken)
    {
        var (pipeline, manifest) = await OpenPipelineAsync(databases, modelPath, adapterPath, cancellationToken);
        return new ServiceContender(
            pipeline,
            machineCostPerHour,
            new Dictionary<string, string>
            {
                ["model_sha256"] = manifest.SourceSha256,
                ["adapter_sha256"] = manifest.AdapterSha256 ?? "none",
                ["text_to_sql_build"] = BuildOf<TextToSqlPipeline>(),
                ["inference_build"] = BuildOf<InferenceHost>(),
            });
    }

    /// <param name="databases">Database id → SQLite file to register under it.</param>
    /// <param name="modelPath">GGUF file or model folder; null for the bundled one.</param>
    /// <param name="adapterPath">PEFT folder; null for the bundled one.</param>
    /// <exception cref="EvaluationException"><c>MODEL_UNAVAILABLE</c>.</exception>
    public static async Task<(TextToSqlPipeline Pipeline, ModelManifest Manifest)> OpenPipelineAsync(
        IReadOnlyDictionary<string, string> databases, string? modelPath, string? adapterPath, CancellationToken cancellationToken)
    {
        try
        {
            var request = new ModelImportRequest
            {
                SourcePath = modelPath ?? BundledModel(),
                AdapterPath = adapterPath ?? FindAbove(DefaultAdapter),
                Bits = 8,
            };
            var directory = await Task.Run(() => new ModelStore(null).GetOrImport(request, null, cancellationToken), cancellationToken);
            var pipeline = new TextToSqlPipeline(InferenceHost.Open(directory, new InferenceOptions { MaxAdapterCount = 0 }), new());
            foreach (var (name, path) in databases)
                pipeline.Register(name, new DatabaseUrl(SqlDialect.Sqlite, path));
            return (pipeline, ModelManifest.Read(directory));
        }
        catch (InferenceException exception)
        {
            throw new EvaluationException("MODEL_UNAVAILABLE", exception.Message);
        }
    }

    /// <summary>Finds the folder of PP-OCR's networks.</summary>
    public static string ReaderModel() => FindAbove("models/ppocrv6-small");

    /// <summary>Finds the bundled model's file.</summary>
    public static string BundledModel() => FindAbove(DefaultModel);

    // Another build may answer differently: finished items of an older one must not be taken for its own.
    private static string BuildOf<T>() => typeof(T).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion
        + " " + typeof(T).Assembly.ManifestModule.ModuleVersionId;

    private static string FindAbove(string relativePath)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var path = Path.Combine(folder.FullName, relativePath);
            if (Path.Exists(path))
                return path;
        }

        throw new EvaluationException("MODEL_UNAVAILABLE", $"{relativePath} was not found above the program. Name a model with --model.");
    }
}
