using System.Text.Json;
using System.Text.RegularExpressions;
using TaskServices.Inference.Models;
using TaskServices.Inference.Models.Architectures;

namespace TaskServices.Inference.Adapters;

/// <summary>What <c>adapter_config.json</c> says about ranks and scales.</summary>
internal sealed class LoraConfig
{
    private const int MaxRank = 4096;

    private int _rank;

    private double _alpha;

    private bool _rankStabilised;

    private Dictionary<string, double> _ranks = [];

    private Dictionary<string, double> _alphas = [];

    /// <summary>Gets the base model's name as the trainer wrote it, or null.</summary>
    public string? BaseModel { get; private init; }

    public static LoraConfig Read(string path)
    {
        var json = ConfigJson.Read(path);
        var type = json.String("peft_type");
        if (!string.Equals(type, "LORA", StringComparison.OrdinalIgnoreCase))
        {
            throw ModelFileErrors.Unsupported(path, "field 'peft_type'", $"'{type}' is not supported, only LORA");
        }

        if (json.Boolean("use_dora") || json.Boolean("fan_in_fan_out") || json.String("bias") is not (null or "none"))
        {
            throw ModelFileErrors.Unsupported(path, "fields 'use_dora', 'fan_in_fan_out', 'bias'", "only plain LoRA on linear layers without biases is supported");
        }

        if (json.Find("modules_to_save") is { ValueKind: JsonValueKind.Array } saved && saved.GetArrayLength() > 0)
        {
            throw ModelFileErrors.Unsupported(path, "field 'modules_to_save'", "whole trained modules are not supported");
        }

        return new LoraConfig
        {
            BaseModel = json.String("base_model_name_or_path"),
            _rank = json.RequiredInt("r", MaxRank),
            _alpha = json.Number("lora_alpha") ?? throw ModelFileErrors.Invalid(path, "field 'lora_alpha'", "the field is missing"),
            _rankStabilised = json.Boolean("use_rslora"),
            _ranks = Pattern(json, "rank_pattern"),
            _alphas = Pattern(json, "alpha_pattern"),
        };
    }

    public int RankOf(string module) => (int)Match(_ranks, module, _rank);

    public float ScaleOf(string module)
    {
        var rank = (double)RankOf(module);
        return (float)(Match(_alphas, module, _alpha) / (_rankStabilised ? Math.Sqrt(rank) : rank));
    }

    /// <summary>PEFT takes the first key that ends the module path (it reads keys as regular expressions; plain names are what it writes).</summary>
    private static double Match(Dictionary<string, double> patterns, string module, double fallback)
    {
        foreach (var (key, value) in patterns)
        {
            if (Regex.IsMatch(module, $@"^(?:.*\.)?(?:{key})$", RegexOptions.NonBacktracking, TimeSpan.FromSeconds(1)))
            {
                return value;
            }
        }

        return fallback;
    }

    private static Dictionary<string, double> Pattern(ConfigJson json, string name)
    {
        var result = new Dictionary<string, double>(StringComparer.Ordinal);
        if (json.Find(name) is { ValueKind: JsonValueKind.Object } patterns && json.Object(name) is { } values)
        {
            foreach (var entry in patterns.EnumerateObject())
            {
                result.Add(entry.Name, values.Number(entry.Name) ?? 0);
                CheckPattern(json.Path, name, entry.Name);
            }
        }

        return result;
    }

    private static void CheckPattern(string path, string field, string pattern)
    {
        try
        {
            _ = new Regex(pattern, RegexOptions.NonBacktracking);
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            throw ModelFileErrors.Invalid(path, $"field '{field}'", $"'{pattern}' is not a supported pattern");
        }
    }
}
