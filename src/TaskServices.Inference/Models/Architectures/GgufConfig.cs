namespace TaskServices.Inference.Models.Architectures;

/// <summary>Reads a model's numbers from GGUF metadata.</summary>
internal static class GgufConfig
{
    public static ModelConfig Read(GgufFile file)
    {
        var architecture = ArchitectureTable.Find(file.Architecture, file.Path);
        var keys = new Keys(file);
        var layerCount = keys.Int("block_count", Limits.Layers);
        var hidden = keys.Int("embedding_length", Limits.Width);
        var heads = keys.Ints("attention.head_count", layerCount, Limits.Heads);
        var kvHeads = keys.TryInts("attention.head_count_kv", layerCount, Limits.Heads) ?? heads;
        var headSize = keys.TryInt("attention.key_length", Limits.HeadSize) ?? hidden / heads[0];
        var rotary = Math.Min(headSize, keys.TryInt("rope.dimension_count", Limits.HeadSize) ?? headSize);
        var context = keys.TryInt("context_length", Limits.Context) ?? 2048;
        var factors = Factors(file, keys, rotary, context);
        var sliding = Sliding(keys, architecture, layerCount);
        var window = architecture.Name is "gemma2" or "gemma3" or "llama" or "mistral" or "phi3" ? keys.TryInt("attention.sliding_window", Limits.Context) ?? 0 : 0;
        return new ModelConfig
        {
            Architecture = architecture,
            HiddenSize = hidden,
            HeadSize = headSize,
            ContextLength = context,
            NormEpsilon = (float)(keys.Number("attention.layer_norm_rms_epsilon") ?? keys.Number("attention.layer_norm_epsilon") ?? 1e-6),
            Layers = [.. Enumerable.Range(0, layerCount).Select(layer => Layer(keys, architecture, heads[layer], kvHeads[layer], sliding[layer] ? window : 0, factors))],
            RotaryDimensions = rotary,
            AttentionScale = (float)(1 / Math.Sqrt(ScaleBase(architecture, layerCount, hidden, heads[0], headSize))),
            AttentionSoftcap = (float)(keys.Number("attn_logit_softcapping") ?? 0),
            LogitSoftcap = (float)(keys.Number("final_logit_softcapping") ?? 0),
            ExpertCount = keys.TryInt("expert_count", Limits.Experts) ?? 0,
            ExpertsPerToken = keys.TryInt("expert_used_count", Limits.Experts) ?? 0,
        };
    }

    private static LayerConfig Layer(Keys keys, Architecture architecture, int heads, int kvHeads, int window, RopeFactors? factors)
    {
        var local = architecture.Name == "gemma3" && window > 0;
        var ropeBase = local ? keys.Number("rope.freq_base_swa") ?? 10000 : keys.Number("rope.freq_base") ?? 10000;
        var scaling = keys.Text("rope.scaling.type") ?? "none";
        return scaling switch
        {
            "none" => new LayerConfig(heads, kvHeads, window, new RopeConfig(ropeBase, Factors: factors)),
            "longrope" when factors is not null => new LayerConfig(heads, kvHeads, window, new RopeConfig(ropeBase, Factors: factors)),
            "linear" => new LayerConfig(heads, kvHeads, window, new RopeConfig(ropeBase, local ? 1 : (float)(keys.Number("rope.scaling.factor") ?? 1), Factors: factors)),
            _ => throw ModelFileErrors.Unsupported(keys.Path, "metadata key 'rope.scaling.type'", $"'{scaling}' is not supported, only none and linear"),
        };
    }

    /// <summary>Which layers see only a window: as the file says layer by layer or as a period, or as the family has it.</summary>
    private static bool[] Sliding(Keys keys, Architecture architecture, int layerCount)
    {
        if (keys.TryFlags("attention.sliding_window_pattern", layerCount) is { } flags)
        {
            return flags;
        }

        var period = keys.TryInt("attention.sliding_window_pattern", Limits.Layers) ?? architecture.Name switch { "gemma2" => 2, "gemma3" => 6, _ => int.MaxValue };
        return [.. Enumerable.Range(0, layerCount).Select(layer => (layer + 1) % period != 0)];
    }

    /// <summary>
    /// Rotary factors that the file stores as tensors: <c>rope_freqs</c> (Llama 3.1 and later: the formula of <see cref="Llama3Scaling"/>
    /// evaluated by the converter), or <c>rope_factors_short</c> and <c>rope_factors_long</c> (Phi-3's long variants).
    /// </summary>
    private static RopeFactors? Factors(GgufFile file, Keys keys, int rotaryDimensions, int contextLength)
    {
        if (FactorsOf(file, "rope_freqs.weight", rotaryDimensions) is { } always)
        {
            return new RopeFactors(always);
        }

        var (few, many) = (FactorsOf(file, "rope_factors_short.weight", rotaryDimensions), FactorsOf(file, "rope_factors_long.weight", rotaryDimensions));
        return (few, many) switch
        {
            (null, null) => null,
            (null, _) => throw ModelFileErrors.Invalid(file.Path, "tensor 'rope_factors_short.weight'", "the tensor is missing although rope_factors_long is there"),
            _ => new RopeFactors(
                few,
                many,
                keys.TryInt("rope.scaling.original_context_length", Limits.Context) ?? contextLength,
                (float)(keys.Number("rope.scaling.attn_factor") ?? 1)),
        };
    }

    private static float[]? FactorsOf(GgufFile file, string name, int rotaryDimensions)
    {
        if (!file.Tensors.TryGetValue(name, out var tensor))
        {
            return null;
        }

        if (tensor.Shape is not [var count] || count != rotaryDimensions / 2)
        {
            throw ModelFileErrors.Invalid(file.Path, $"tensor '{name}'", $"its shape {tensor.ShapeText} is not [{rotaryDimensions / 2}], one factor for each rotary frequency");
        }

        var factors = new float[count];
        file.ReadRows(name, 0, factors);
        return factors.All(factor => factor > 0 && float.IsFinite(factor))
            ? factors
            : throw ModelFileErrors.Invalid(file.Path, $"tensor '{name}'", "a rotary factor is not a positive number");
    }

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

        /// <summary>Gets one flag a layer, or null where the key is missing or holds no array.</summary>
        public bool[]? TryFlags(string key, int count) => Find(key) switch
        {
            bool[] flags when flags.Length == count => flags,
            Array values => throw ModelFileErrors.Invalid(file.Path, $"metadata key '{Full(key)}'", $"{values.Length} entries of {values.GetType().GetElementType()?.Name} for {count} layers"),
            _ => null,
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
