namespace TaskServices.Inference.Models.Architectures;

/// <summary>Reads rotary settings in both spellings: <c>rope_theta</c> + <c>rope_scaling</c>, and the newer <c>rope_parameters</c>.</summary>
internal static class RopeReader
{
    private const double DefaultBase = 10000;

    /// <param name="sliding">Whether the layer attends only to a window: Gemma 3 has another base there and no scaling.</param>
    public static RopeConfig Read(ConfigJson json, Architecture architecture, bool sliding, int rotaryDimensions)
    {
        var parameters = json.Object("rope_parameters");
        parameters = parameters?.Object(sliding ? "sliding_attention" : "full_attention") ?? parameters;
        if (parameters is not null)
        {
            return Scaled(json, parameters, parameters.Number("rope_theta") ?? DefaultBase, rotaryDimensions);
        }

        if (architecture.Name == "gemma3" && sliding)
        {
            return new RopeConfig(json.Number("rope_local_base_freq") ?? DefaultBase);
        }

        var ropeBase = json.Number("rope_theta") ?? (architecture.Name == "gemma3" ? 1_000_000 : DefaultBase);
        return json.Object("rope_scaling") is { } scaling ? Scaled(json, scaling, ropeBase, rotaryDimensions) : new RopeConfig(ropeBase);
    }

    private static RopeConfig Scaled(ConfigJson json, ConfigJson scaling, double ropeBase, int rotaryDimensions)
    {
        var type = scaling.String("rope_type") ?? scaling.String("type") ?? "default";
        var factor = (float)(scaling.Number("factor") ?? 1);
        return type switch
        {
            "default" => new RopeConfig(ropeBase),
            "linear" => new RopeConfig(ropeBase, factor),
            "llama3" => new RopeConfig(ropeBase, 1, new Llama3Scaling(
                factor,
                (float)(scaling.Number("low_freq_factor") ?? 1),
                (float)(scaling.Number("high_freq_factor") ?? 4),
                scaling.RequiredInt("original_max_position_embeddings", Limits.Context))),
            "longrope" or "su" => new RopeConfig(ropeBase, Factors: LongRope(json, scaling, rotaryDimensions / 2)),
            _ => throw ModelFileErrors.Unsupported(scaling.Path, "field 'rope_scaling'", $"the type '{type}' is not supported, only default, linear, llama3 and longrope"),
        };
    }

    private static RopeFactors LongRope(ConfigJson json, ConfigJson scaling, int frequencies)
    {
        var maximum = json.Int("max_position_embeddings", Limits.Context) ?? 2048;
        var original = scaling.Int("original_max_position_embeddings", Limits.Context) ?? json.Int("original_max_position_embeddings", Limits.Context) ?? maximum;
        var stretch = scaling.Number("factor") ?? (double)maximum / original;
        var magnitude = scaling.Number("attention_factor") ?? (stretch <= 1 ? 1 : Math.Sqrt(1 + (Math.Log(stretch) / Math.Log(original))));
        return new RopeFactors(scaling.PositiveNumbers("short_factor", frequencies), scaling.PositiveNumbers("long_factor", frequencies), original, (float)magnitude);
    }
}
