using TaskServices.Inference.Models.Architectures;
using TaskServices.Inference.Models.Weights;

namespace TaskServices.Inference.Models.Importing;

/// <summary>A model to import: its tensors, its numbers, and the files that its content hash covers.</summary>
internal sealed class ModelSource : IDisposable
{
    private ModelSource(string path, ITensorSource tensors, ModelConfig config, GgufFile? gguf, IReadOnlyList<string> files)
    {
        (Path, Tensors, Config, Gguf, Files) = (path, tensors, config, gguf, files);
    }

    /// <summary>Gets the path of the file or folder as the caller gave it.</summary>
    public string Path { get; }

    public ITensorSource Tensors { get; }

    public ModelConfig Config { get; }

    /// <summary>Gets the GGUF file, which holds the tokenizer too, or null for a checkpoint folder.</summary>
    public GgufFile? Gguf { get; }

    /// <summary>Gets every file that decides what the imported model is.</summary>
    public IReadOnlyList<string> Files { get; }

    /// <summary>Gets the tokenizer files of a checkpoint folder that are there.</summary>
    public IEnumerable<string> TokenizerPaths => Gguf is null ? Existing(Folder(Path), Tokenization.TokenizerFiles.OfCheckpoints) : [];

    public static ModelSource Open(string path)
    {
        var file = Resolve(path);
        if (file.EndsWith(".gguf", StringComparison.OrdinalIgnoreCase))
        {
            var gguf = GgufFile.Open(file);
            return Guarded(gguf, () => new ModelSource(path, gguf, GgufConfig.Read(gguf), gguf, [file]));
        }

        var folder = Folder(file);
        var config = System.IO.Path.Combine(folder, "config.json");
        ITensorSource tensors = file.EndsWith(".json", StringComparison.OrdinalIgnoreCase) ? ShardedSafetensors.Open(file) : SafetensorsFile.Open(file);
        return Guarded(tensors, () => new ModelSource(path, tensors, CheckpointConfig.Read(config), null, FilesOf(file)));
    }

    /// <summary>Gets the files that the content hash of a model covers, without opening it.</summary>
    public static IReadOnlyList<string> FilesOf(string path)
    {
        var file = Resolve(path);
        if (file.EndsWith(".gguf", StringComparison.OrdinalIgnoreCase))
        {
            return [file];
        }

        var folder = Folder(file);
        IEnumerable<string> shards = file.EndsWith(".json", StringComparison.OrdinalIgnoreCase)
            ? ShardedSafetensors.ReadIndex(file).Values.Distinct().Order(StringComparer.Ordinal).Select(shard => System.IO.Path.Combine(folder, System.IO.Path.GetFileName(shard)))
            : [];
        return [file, .. shards, System.IO.Path.Combine(folder, "config.json"), .. Existing(folder, Tokenization.TokenizerFiles.OfCheckpoints)];
    }

    public void Dispose() => Tensors.Dispose();

    private static ModelSource Guarded(ITensorSource tensors, Func<ModelSource> create)
    {
        try
        {
            return create();
        }
        catch
        {
            tensors.Dispose();
            throw;
        }
    }

    /// <summary>Finds the one weight file that a path stands for.</summary>
    private static string Resolve(string path)
    {
        if (File.Exists(path))
        {
            return path.EndsWith(".gguf", StringComparison.OrdinalIgnoreCase)
                || path.EndsWith(".safetensors", StringComparison.OrdinalIgnoreCase)
                || path.EndsWith(".safetensors.index.json", StringComparison.OrdinalIgnoreCase)
                ? path
                : throw ModelFileErrors.Unsupported(path, "file name", "only .gguf and .safetensors files and checkpoint folders can be imported");
        }

        if (!Directory.Exists(path))
        {
            throw ModelFileErrors.Missing(path);
        }

        var found = Existing(path, ["model.safetensors.index.json", "model.safetensors"]).FirstOrDefault();
        if (found is not null)
        {
            return found;
        }

        var ggufs = Directory.GetFiles(path, "*.gguf");
        return ggufs is [var only]
            ? only
            : throw new InferenceException(
                "MODEL_FILE_MISSING", $"{path}: the folder has neither model.safetensors nor model.safetensors.index.json nor exactly one .gguf file ({ggufs.Length} found); name the file itself.");
    }

    private static string Folder(string path) => Directory.Exists(path) ? path : System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!;

    private static IEnumerable<string> Existing(string folder, IEnumerable<string> names) =>
        names.Select(name => System.IO.Path.Combine(folder, name)).Where(File.Exists);
}
