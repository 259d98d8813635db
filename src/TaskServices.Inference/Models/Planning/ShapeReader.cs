using TaskServices.Inference.Models.Architectures;

namespace TaskServices.Inference.Models.Planning;

/// <summary>Reads a model's sizes from its metadata; weights are not read and, with a checkpoint, need not be there.</summary>
public static class ShapeReader
{
    /// <param name="path">A GGUF file, a <c>config.json</c>, or a folder with either.</param>
    /// <exception cref="InferenceException">The file is missing, malformed or of an unsupported architecture.</exception>
    public static ModelShape Read(string path)
    {
        var config = Directory.Exists(path) ? Path.Combine(path, "config.json") : path;
        if (config.EndsWith(".json", StringComparison.OrdinalIgnoreCase) && File.Exists(config))
        {
            return ReadConfig(config);
        }

        var ggufs = Directory.Exists(path) ? Directory.GetFiles(path, "*.gguf") : File.Exists(path) ? [path] : [];
        return ggufs is [var gguf]
            ? ReadGguf(gguf)
            : throw new InferenceException("MODEL_FILE_MISSING", $"{path}: neither a GGUF file nor a folder with config.json or exactly one .gguf file ({ggufs.Length} found).");
    }

    private static ModelShape ReadConfig(string path)
    {
        var (config, json) = (CheckpointConfig.Read(path), ConfigJson.Read(path));
        var name = Path.GetFileName(Path.GetDirectoryName(Path.GetFullPath(path)))!;
        var vocabulary = json.RequiredInt("vocab_size", Limits.Vocabulary);
        var isGemma = config.Architecture.Name.StartsWith("gemma", StringComparison.Ordinal);
        var isTied = json.Find("tie_word_embeddings") is null ? isGemma || json.Boolean("share_input_output_layers") : json.Boolean("tie_word_embeddings");
        var widths = config.Architecture.Name == "openelm"
            ? OpenElmWidths(json, config)
            : [.. Enumerable.Repeat(json.RequiredInt("intermediate_size", Limits.FeedForward), config.Layers.Count)];
        return ModelShape.Of(
            name, [.. config.Layers.Zip(widths, (layer, width) => (layer.Heads, layer.KvHeads, width))], config.HiddenSize, config.HeadSize, vocabulary, isTied,
            Math.Min(config.ContextLength, Limits.WrittenContext), config.Architecture.Gated ? 3 : 2, Math.Max(1, config.ExpertCount));
    }

    /// <summary>Each width is the layer's multiple of the model's, rounded to a multiple of the divisor, not more than a tenth down (arXiv 2404.14619).</summary>
    private static int[] OpenElmWidths(ConfigJson json, ModelConfig config)
    {
        var divisor = json.Int("ffn_dim_divisor", Limits.Width) ?? 256;
        return [.. json.PositiveNumbers("ffn_multipliers", config.Layers.Count).Select(multiplier =>
        {
            var exact = (double)multiplier * config.HiddenSize;
            var rounded = Math.Max(divisor, (int)(exact + (divisor / 2.0)) / divisor * divisor);
            return rounded < 0.9 * exact ? rounded + divisor : rounded;
        })];
    }

    /// <summary>A GGUF file's directory has every tensor's shape, so nothing is computed from the architecture.</summary>
    private static ModelShape ReadGguf(string path)
    {
        using var file = GgufFile.Open(path);
        var config = GgufConfig.Read(file);
        if (!file.Tensors.TryGetValue("token_embd.weight", out var table))
        {
            throw ModelFileErrors.Invalid(path, "tensor 'token_embd.weight'", "the tensor is missing");
        }

        var isTied = !file.Tensors.ContainsKey("output.weight");
        var matrices = file.Tensors.Values.Where(tensor => tensor.Shape.Count >= 2 && tensor.Name != table.Name).Sum(tensor => tensor.Rows * tensor.Columns);
        var widths = file.Tensors.Values.Where(tensor => tensor.Name.Contains(".ffn_down", StringComparison.Ordinal)).Select(tensor => tensor.Columns);
        return new ModelShape
        {
            Name = Path.GetFileNameWithoutExtension(path),
            MatrixParameters = matrices + (isTied ? table.Rows * table.Columns : 0),
            EmbeddingParameters = table.Rows * table.Columns,
            IsTied = isTied,
            KvHeads = [.. config.Layers.Select(layer => layer.KvHeads)],
            Heads = config.Layers.Max(layer => layer.Heads),
            HeadSize = config.HeadSize,
            HiddenSize = config.HiddenSize,
            FeedForwardSize = checked((int)widths.DefaultIfEmpty(config.HiddenSize).Max()),
            VocabularySize = checked((int)table.Rows),
            ContextLength = Math.Min(config.ContextLength, Limits.WrittenContext),
        };
    }
}
