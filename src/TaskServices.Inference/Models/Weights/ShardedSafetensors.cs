using TaskServices.Inference.Models.Architectures;

namespace TaskServices.Inference.Models.Weights;

/// <summary>A model split over several safetensors files by <c>model.safetensors.index.json</c>.</summary>
internal sealed class ShardedSafetensors : ITensorSource
{
    private readonly Dictionary<string, SafetensorsFile> _shards = new(StringComparer.Ordinal);

    private readonly Dictionary<string, SafetensorsFile> _owners = new(StringComparer.Ordinal);

    private readonly Dictionary<string, TensorInfo> _tensors = new(StringComparer.Ordinal);

    private ShardedSafetensors()
    {
    }

    public IReadOnlyDictionary<string, TensorInfo> Tensors => _tensors;

    /// <summary>Gets the names of the shard files that an index lists.</summary>
    public static IReadOnlyDictionary<string, string> ReadIndex(string indexPath)
    {
        try
        {
            return ConfigJson.ReadRoot(indexPath).GetProperty("weight_map").EnumerateObject()
                .ToDictionary(entry => entry.Name, entry => entry.Value.GetString() ?? string.Empty, StringComparer.Ordinal);
        }
        catch (Exception exception) when (exception is InvalidOperationException or KeyNotFoundException)
        {
            throw ModelFileErrors.Invalid(indexPath, "weight_map", exception.Message.Split('\n')[0].TrimEnd('.'));
        }
    }

    public static ShardedSafetensors Open(string indexPath)
    {
        var model = new ShardedSafetensors();
        try
        {
            var folder = Path.GetDirectoryName(indexPath)!;
            foreach (var (name, file) in ReadIndex(indexPath))
            {
                model.Add(name, file, folder, indexPath);
            }

            model.CheckOwners(indexPath);

            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    public void ReadRows(string name, long firstRow, Span<float> destination) => _owners[name].ReadRows(name, firstRow, destination);

    public void Dispose()
    {
        foreach (var shard in _shards.Values)
        {
            shard.Dispose();
        }
    }

    /// <summary>A tensor in two shards may have two values, and nothing says which is meant.</summary>
    private void CheckOwners(string indexPath)
    {
        foreach (var shard in _shards.Values)
        {
            if (shard.Tensors.Keys.FirstOrDefault(name => _owners.TryGetValue(name, out var owner) && owner != shard) is { } twice)
            {
                throw ModelFileErrors.Invalid(
                    indexPath, $"weight_map entry '{twice}'", $"the tensor is in '{Path.GetFileName(_owners[twice].Path)}' and in '{Path.GetFileName(shard.Path)}'");
            }
        }
    }

    private void Add(string name, string file, string folder, string indexPath)
    {
        // A shard must lie beside the index: a path that leads elsewhere is an attack or a mistake.
        if (file.Length == 0 || file != Path.GetFileName(file) || file.Any(char.IsControl))
        {
            throw ModelFileErrors.Invalid(indexPath, $"weight_map entry '{name}'", $"'{file}' is not a plain file name");
        }

        if (!_shards.TryGetValue(file, out var shard))
        {
            shard = SafetensorsFile.Open(Path.Combine(folder, file));
            _shards.Add(file, shard);
        }

        if (!shard.Tensors.TryGetValue(name, out var tensor))
        {
            throw ModelFileErrors.Invalid(indexPath, $"weight_map entry '{name}'", $"'{file}' has no such tensor");
        }

        _owners.Add(name, shard);
        _tensors.Add(name, tensor);
    }
}
