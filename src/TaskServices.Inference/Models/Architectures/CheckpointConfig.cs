using System.Globalization;

namespace TaskServices.Inference.Models.Architectures;

/// <summary>Reads <c>config.json</c> of a Hugging Face checkpoint.</summary>
internal static class CheckpointConfig
{
    public static ModelConfig Read(string path)
    {
        var json = ConfigJson.Read(path);
        var name = json.String("model_type") ?? throw ModelFileErrors.Invalid(path, "field 'model_type'", "the field is missing or not text");
        var architecture = ArchitectureTable.Find(name, path);
        return architecture.Name == "openelm" ? ReadOpenElm(json, architecture) : ReadCommon(json, architecture);
    }

    private static ModelConfig ReadCommon(ConfigJson json, Architecture architecture)
    {
        var hidden = json.RequiredInt("hidden_size", Limits.Width);
        var heads = json.RequiredInt("num_attention_heads", Limits.Heads);
        var headSize = json.Int("head_dim", Limits.HeadSize) ?? hidden / heads;
        var kvHeads = json.Int("num_key_value_heads", Limits.Heads) ?? heads;
        var layerCount = json.RequiredInt("num_hidden_layers", Limits.Layers);
        var scaleBase = architecture.Name is "gemma2" or "gemma3" ? json.Number("query_pre_attn_scalar") ?? headSize : headSize;
        var partial = json.Number("partial_rotary_factor") ?? json.Object("rope_parameters")?.Number("partial_rotary_factor") ?? (architecture.Name == "phi" ? 0.5 : 1);
        var rotary = Math.Min(headSize, (int)(headSize * partial));
        return new ModelConfig
        {
            Architecture = architecture,
            HiddenSize = hidden,
            HeadSize = headSize,
            ContextLength = json.Int("max_position_embeddings", Limits.Context) ?? 2048,
            NormEpsilon = (float)(json.Number("rms_norm_eps") ?? json.Number("layer_norm_eps") ?? 1e-6),
            Layers = Layers(json, architecture, layerCount, heads, kvHeads, rotary),
            RotaryDimensions = rotary,
            AttentionScale = (float)(1 / Math.Sqrt(scaleBase)),
            AttentionSoftcap = (float)(json.Number("attn_logit_softcapping") ?? 0),
            LogitSoftcap = (float)(json.Number("final_logit_softcapping") ?? 0),
            ExpertCount = json.Int("num_local_experts", Limits.Experts) ?? 0,
            ExpertsPerToken = json.Int("num_experts_per_tok", Limits.Experts) ?? 0,
        };
    }

    private static LayerConfig[] Layers(ConfigJson json, Architecture architecture, int count, int heads, int kvHeads, int rotaryDimensions)
    {
        var window = json.Find("use_sliding_window") is null || json.Boolean("use_sliding_window") ? json.Int("sliding_window", Limits.Context) ?? 0 : 0;
        var types = json.Strings("layer_types");
        if (types is not null && types.Length != count)
        {
            throw ModelFileErrors.Invalid(json.Path, "field 'layer_types'", $"{types.Length} entries for {count} layers");
        }

        var pattern = json.Int("_sliding_window_pattern", Limits.Layers) ?? json.Int("sliding_window_pattern", Limits.Layers);
        // One instance each, so that layers share rotary tables.
        var (full, local) = (RopeReader.Read(json, architecture, sliding: false, rotaryDimensions), RopeReader.Read(json, architecture, sliding: true, rotaryDimensions));
        return [.. Enumerable.Range(0, count).Select(layer =>
        {
            var sliding = window > 0 && (types is not null ? types[layer] == "sliding_attention" : IsSliding(architecture, layer, pattern));
            return new LayerConfig(heads, kvHeads, sliding ? window : 0, sliding ? local : full);
        })];
    }

    private static bool IsSliding(Architecture architecture, int layer, int? pattern) => architecture.Name switch
    {
        "gemma2" => layer % 2 == 0,
        "gemma3" => (layer + 1) % (pattern ?? 6) != 0,
        _ => true,
    };

    private static ModelConfig ReadOpenElm(ConfigJson json, Architecture architecture)
    {
        var layerCount = json.RequiredInt("num_transformer_layers", Limits.Layers);
        var headSize = json.RequiredInt("head_dim", Limits.HeadSize);
        var heads = json.Ints("num_query_heads", layerCount, Limits.Heads);
        var kvHeads = json.Ints("num_kv_heads", layerCount, Limits.Heads);
        var rope = new RopeConfig(json.Number("rope_freq_constant") ?? 10000);
        if (json.String("activation_fn_name") is { } activation && activation is not ("swish" or "silu"))
        {
            throw ModelFileErrors.Unsupported(json.Path, "field 'activation_fn_name'", string.Create(CultureInfo.InvariantCulture, $"'{activation}' is not supported, only swish"));
        }

        return new ModelConfig
        {
            Architecture = architecture,
            HiddenSize = json.RequiredInt("model_dim", Limits.Width),
            HeadSize = headSize,
            ContextLength = json.Int("max_context_length", Limits.Context) ?? 2048,
            NormEpsilon = 1e-6f,
            Layers = [.. heads.Zip(kvHeads, (query, kv) => new LayerConfig(query, kv, 0, rope))],
            RotaryDimensions = headSize,
            AttentionScale = (float)(1 / Math.Sqrt(headSize)),
        };
    }
}
