namespace TaskServices.Inference.Models.Architectures;

/// <summary>Reads a model's numbers from GGUF metadata.</summary>
internal static class GgufConfig
{
    public static ModelConfig Read(GgufFile file)
    {
        var architecture = ArchitectureTable.Find(file.Architecture, file.Path);
        // Llama 3.1 and later, and Phi-3's long variants, store rotary factors as tensors: ignoring them would give wrong positions unseen.
        if (file.Tensors.Keys.FirstOrDefault(name => name.StartsWith("rope_f", StringComparison.Ordinal)) is { } factors)
        {
            throw ModelFileErrors.Unsupported(file.Path, $"tensor '{factors}'", "rotary factors stored as a tensor are not supported; import the safetensors form");
        }

        var keys = new Keys(file);
        var layerCount = keys.Int("block_count", Limits.Layers);
        var hidden = keys.Int("embedding_length", Limits.Width);
        var heads = keys.Ints("attention.head_count", layerCount, Limits.Heads);
        var kvHeads = keys.TryInts("attention.head_count_kv", layerCount, Limits.Heads) ?? heads;
        var headSize = keys.TryInt("attention.key_length", Limits.HeadSize) ?? hidden / heads[0];
        var window = architecture.Name is "gemma2" or "gemma3" or "llama" or "mistral" or "phi3" ? keys.TryInt("attention.sliding_window", Limits.Context) ?? 0 : 0;
        return new ModelConfig
        {
            Architecture = architecture,
            HiddenSize = hidden,
            HeadSize = headSize,
            ContextLength = keys.TryInt("context_length", Limits.Context) ?? 2048,
            NormEpsilon = (float)(keys.Number("attention.layer_norm_rms_epsilon") ?? keys.Number("attention.layer_norm_epsilon") ?? 1e-6),
            Layers = [.. Enumerable.Range(0, layerCount).Select(layer => Layer(keys, architecture, heads[layer], kvHeads[layer], IsSliding(architecture, layer) ? window : 0))],
            RotaryDimensions = Math.Min(headSize, keys.TryInt("rope.dimension_count", Limits.HeadSize) ?? headSize),
            AttentionScale = (float)(1 / Math.Sqrt(ScaleBase(architecture, layerCount, hidden, heads[0], headSize))),
            AttentionSoftcap = (float)(keys.Number("attn_logit_softcapping") ?? 0),
            LogitSoftcap = (float)(keys.Number("final_logit_softcapping") ?? 0),
            ExpertCount = keys.TryInt("expert_count", Limits.Experts) ?? 0,
            ExpertsPerToken = keys.TryInt("expert_used_count", Limits.Experts) ?? 0,
        };
    }

    private static LayerConfig Layer(Keys keys, Architecture architecture, int heads, int kvHeads, int window)
    {
        var local = architecture.Name == "gemma3" && window > 0;
        var ropeBase = local ? 10000 : keys.Number("rope.freq_base") ?? 10000;
        var scaling = keys.Text("rope.scaling.type") ?? "none";
        return scaling switch
        {
            "none" => new LayerConfig(heads, kvHeads, window, new RopeConfig(ropeBase)),
            "linear" => new LayerConfig(heads, kvHeads, window, new RopeConfig(ropeBase, local ? 1 : (float)(keys.Number("rope.scaling.factor") ?? 1))),
            _ => throw ModelFileErrors.Unsupported(keys.Path, "metadata key 'rope.scaling.type'", $"'{scaling}' is not supported, only none and linear"),
        };
    }

    private static bool IsSliding(Architecture architecture, int layer) => architecture.Name switch
    {
        "gemma2" => layer % 2 == 0,
        "gemma3" => (layer + 1) % 6 != 0,
        _ => true,
    };

    /// <summary>The 27B models of Gemma 2 and 3 scale by width over heads; GGUF has no key for it, so the layer count tells them.</summary>
    private static double ScaleBase(Architecture architecture, int layers, int hidden, int heads, int headSize) =>
        (architecture.Name, layers) is ("gemma2", 46) or ("gemma3", 62) ? (double)hidden / heads : headSize;

    private sealed class Keys(GgufFile file)
    {
        public string Path => file.Path;

        public int Int(string key, int maximum) => TryInt(key, maximum) ?? throw Missing(key);

        public int? TryInt(string key, int maximum) => Find(key) is { } value ? ToInt(key, value, maximum) : null;

        public int[] Ints(string key, int count, int maximum) => TryInts(key, count, maximum) ?? throw Missing(key);

        public int[]? TryInts(string key, int count, int maximum) => Find(key) switch
        {
            null => null,
            Array values when values.Length == count => [.. values.Cast<object>().Select(value => ToInt(key, value, maximum))],
            Array values => throw ModelFileErrors.Invalid(file.Path, $"metadata key '{Full(key)}'", $"{values.Length} entries for {count} layers"),
            var value => [.. Enumerable.Repeat(ToInt(key, value, maximum), count)],
        };

        public double? Number(string key) => Find(key) switch
        {
            null => null,
            double number when double.IsFinite(number) && number > 0 => number,
            var value => throw ModelFileErrors.Invalid(file.Path, $"metadata key '{Full(key)}'", $"{value} is not a positive number"),
        };

        public string? Text(string key) => Find(key) as string;

        private object? Find(string key) => file.Metadata.GetValueOrDefault(Full(key));

        private string Full(string key) => file.Architecture + "." + key;

        private InferenceException Missing(string key) => ModelFileErrors.Invalid(file.Path, $"metadata key '{Full(key)}'", "the key is missing");

        private int ToInt(string key, object value, int maximum) => value switch
        {
            ulong number when number > 0 && number <= (ulong)maximum => (int)number,
            long number when number > 0 && number <= maximum => (int)number,
            _ => throw ModelFileErrors.Invalid(file.Path, $"metadata key '{Full(key)}'", $"{value} is not a whole number in [1, {maximum}]"),
        };
    }
}
