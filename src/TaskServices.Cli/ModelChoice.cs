namespace TaskServices.Cli;

/// <summary>The model, the adapter and the cache folder that a command works with.</summary>
/// <param name="ModelPath">A GGUF file or a model folder.</param>
/// <param name="AdapterPath">A PEFT folder, or null for the bare model.</param>
/// <param name="CachePath">Folder that imported models are kept in, or null for the default; need not exist yet.</param>
internal sealed record ModelChoice(string ModelPath, string? AdapterPath, string? CachePath)
{
    /// <summary>Gets whether the adapter is loaded beside the base model and added while it runs, rather than merged into its weights.</summary>
    public bool AdapterAtRunTime { get; init; }

    /// <summary>Gets the name that an adapter at run time is loaded under, or null.</summary>
    public string? AdapterName => AdapterAtRunTime && AdapterPath is not null ? Path.GetFileName(Path.GetFullPath(AdapterPath).TrimEnd('/')) : null;

    /// <summary>What the command line calls no adapter.</summary>
    public const string NoAdapter = "none";

    /// <summary>Fills what was not given with what is bundled.</summary>
    /// <exception cref="CliException">A named file is missing, or nothing is bundled.</exception>
    public static ModelChoice From(string? model, string? adapter, string? cache)
    {
        // The bundled adapter fits the bundled model only.
        var adapterPath = adapter switch
        {
            null => model is null ? RepositoryFolder.Combine("models", "text-to-sql") : null,
            NoAdapter => null,
            _ => FindAdapter(adapter),
        };
        var modelPath = model ?? FindBundledModel();
        if (!Path.Exists(modelPath))
        {
            throw CliException.Environment("MODEL_NOT_FOUND", $"{modelPath}: no such model file or folder. Check --model.");
        }

        if (adapterPath is not null && !Directory.Exists(adapterPath))
        {
            throw CliException.Environment("ADAPTER_NOT_FOUND", $"{adapterPath}: no such adapter folder, and none of this name in {RepositoryFolder.Combine("models")}. Check --adapter, or give --adapter none.");
        }

        return new(modelPath, adapterPath, cache);
    }

    /// <summary>Takes a folder, or the name of one of the bundled adapters.</summary>
    private static string FindAdapter(string adapter)
    {
        var isName = Path.GetFileName(adapter) == adapter && !Directory.Exists(adapter);
        var bundled = isName ? RepositoryFolder.Combine("models", adapter) : adapter;
        return File.Exists(Path.Combine(bundled, "adapter_config.json")) ? bundled : adapter;
    }

    /// <summary>Finds the bundled model's one GGUF file.</summary>
    /// <exception cref="CliException">It is not there.</exception>
    public static string FindBundledModel()
    {
        var folder = RepositoryFolder.Combine("models", "smollm2-135m-instruct");
        return (Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*.gguf").Order(StringComparer.Ordinal).FirstOrDefault() : null)
            ?? throw CliException.Environment(
                "MODEL_NOT_FOUND", $"no .gguf file in {folder}. Restore it from the repository, or name a model with --model.");
    }
}

/// <summary>The model that several tasks share.</summary>
/// <param name="Model">What is opened; an adapter in it is merged.</param>
/// <param name="LoadedAdapterPath">A PEFT folder to load beside it under the folder's name, or null.</param>
internal sealed record SharedModelChoice(ModelChoice Model, string? LoadedAdapterPath);
