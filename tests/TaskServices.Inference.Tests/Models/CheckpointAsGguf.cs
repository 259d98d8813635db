using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using TaskServices.Inference.Models;

namespace TaskServices.Inference.Tests.Models;

/// <summary>
/// Writes a safetensors fixture as the GGUF file that llama.cpp's converter would make of it: its architecture names, metadata keys, tensor
/// names and layouts, written down here a second time so that the reader's own tables are not tested against themselves.
/// </summary>
internal sealed partial class CheckpointAsGguf
{
    private static readonly (string Checkpoint, string Gguf)[] Names =
    [
        ("model.embed_tokens", "token_embd"), ("model.norm", "output_norm"), ("model.final_layernorm", "output_norm"), ("lm_head", "output"),
        ("input_layernorm", "attn_norm"), ("self_attn.q_proj", "attn_q"), ("self_attn.k_proj", "attn_k"), ("self_attn.v_proj", "attn_v"),
        ("self_attn.qkv_proj", "attn_qkv"), ("self_attn.o_proj", "attn_output"), ("self_attn.dense", "attn_output"),
        ("self_attn.q_norm", "attn_q_norm"), ("self_attn.k_norm", "attn_k_norm"), ("pre_feedforward_layernorm", "ffn_norm"),
        ("post_feedforward_layernorm", "post_ffw_norm"), ("mlp.gate_proj", "ffn_gate"), ("mlp.up_proj", "ffn_up"), ("mlp.down_proj", "ffn_down"),
        ("mlp.gate_up_proj", "ffn_up"), ("mlp.fc1", "ffn_up"), ("mlp.fc2", "ffn_down"), ("block_sparse_moe.gate", "ffn_gate_inp"),
        ("transformer.token_embeddings", "token_embd"), ("transformer.norm", "output_norm"), ("attn_norm", "attn_norm"), ("ffn_norm", "ffn_norm"),
        ("attn.qkv_proj", "attn_qkv"), ("attn.q_norm", "attn_q_norm"), ("attn.k_norm", "attn_k_norm"), ("attn.out_proj", "attn_output"), ("ffn.proj_2", "ffn_down"),
    ];

    private readonly GgufWriter _writer = new();

    private readonly JsonElement _config;

    private readonly string _type;

    private readonly string _architecture;

    private CheckpointAsGguf(JsonElement config)
    {
        _config = config;
        _type = config.GetProperty("model_type").GetString()!;
        _architecture = _type switch { "mistral" or "mixtral" => "llama", "phi" => "phi2", "gemma3_text" => "gemma3", var same => same };
    }

    private bool IsGemma => _architecture.StartsWith("gemma", StringComparison.Ordinal);

    /// <param name="adapt">Adds or changes what a test is about; a later metadata value replaces an earlier one.</param>
    /// <param name="transform">Changes the values of a tensor, by its name in the checkpoint.</param>
    public static void Convert(string checkpoint, string path, Action<GgufWriter>? adapt = null, Func<string, float[], float[]>? transform = null)
    {
        var converter = new CheckpointAsGguf(JsonElement.Parse(File.ReadAllBytes(Path.Combine(checkpoint, "config.json"))));
        converter.WriteMetadata();
        using var tensors = SafetensorsFile.Open(Path.Combine(checkpoint, "model.safetensors"));
        converter.WriteTensors(tensors, transform ?? ((_, values) => values));
        adapt?.Invoke(converter._writer);
        converter._writer.Write(path);
    }

    private void WriteMetadata()
    {
        _writer.Add("general.architecture", _architecture);
        Add("context_length", Int("max_position_embeddings") ?? Int("max_context_length") ?? 2048);
        Add("embedding_length", Int("hidden_size") ?? Int("model_dim")!.Value);
        Add("block_count", Int("num_hidden_layers") ?? Int("num_transformer_layers")!.Value);
        Add("attention.head_count", _type == "openelm" ? Ints("num_query_heads") : Int("num_attention_heads")!.Value);
        Add("attention.head_count_kv", _type == "openelm" ? Ints("num_kv_heads") : Int("num_key_value_heads")!.Value);
        Add(_type == "phi" ? "attention.layer_norm_epsilon" : "attention.layer_norm_rms_epsilon", Number("rms_norm_eps") ?? Number("layer_norm_eps") ?? 1e-6f);
        Add("attention.key_length", HeadSize);
        Add("rope.dimension_count", (int)(HeadSize * (Number("partial_rotary_factor") ?? 1)));
        Add("rope.freq_base", RopeBase());
        AddIfThere("attention.sliding_window", Int("sliding_window"));
        AddIfThere("attn_logit_softcapping", Number("attn_logit_softcapping"));
        AddIfThere("final_logit_softcapping", Number("final_logit_softcapping"));
        AddIfThere("expert_count", Int("num_local_experts"));
        AddIfThere("expert_used_count", Int("num_experts_per_tok"));
        if (_architecture == "gemma3")
        {
            Add("attention.sliding_window_pattern", Strings("layer_types").Select(type => type == "sliding_attention").ToArray());
            Add("rope.freq_base_swa", 10000f);
        }

        if (Scaling is { } scaling && Text(scaling, "type") == "linear")
        {
            Add("rope.scaling.type", "linear");
            Add("rope.scaling.factor", scaling.GetProperty("factor").GetSingle());
        }
    }

    private void WriteTensors(SafetensorsFile file, Func<string, float[], float[]> transform)
    {
        var experts = new SortedDictionary<string, SortedDictionary<int, float[]>>(StringComparer.Ordinal);
        foreach (var tensor in file.Tensors.Values)
        {
            var values = new float[tensor.Rows * tensor.Columns];
            file.ReadRows(tensor.Name, 0, values);
            values = transform(tensor.Name, values);
            if (Expert().Match(tensor.Name) is { Success: true } expert)
            {
                var matrix = expert.Groups["w"].Value switch { "1" => "gate", "2" => "down", _ => "up" };
                var stack = $"blk.{expert.Groups["layer"]}.ffn_{matrix}_exps.weight {tensor.Shape[0]} {tensor.Shape[1]}";
                experts.TryAdd(stack, []);
                experts[stack].Add(int.Parse(expert.Groups["expert"].Value, CultureInfo.InvariantCulture), values);
            }
            else if (tensor.Name.EndsWith("ffn.proj_1.weight", StringComparison.Ordinal))
            {
                var layer = Layer().Match(tensor.Name).Groups[1].Value;
                var half = values.Length / 2;
                long[] shape = [tensor.Shape[0] / 2, tensor.Shape[1]];
                _writer.Add($"blk.{layer}.ffn_gate.weight", shape, values[..half]);
                _writer.Add($"blk.{layer}.ffn_up.weight", shape, values[half..]);
            }
            else
            {
                _writer.Add(GgufName(tensor.Name), [.. tensor.Shape], Converted(tensor, values));
            }
        }

        foreach (var (stack, matrices) in experts)
        {
            var parts = stack.Split(' ');
            _writer.Add(
                parts[0],
                [matrices.Count, long.Parse(parts[1], CultureInfo.InvariantCulture), long.Parse(parts[2], CultureInfo.InvariantCulture)],
                [.. matrices.Values.SelectMany(matrix => matrix)]);
        }

        if (Scaling is { } scaling && Text(scaling, "rope_type") == "llama3")
        {
            _writer.Add("rope_freqs.weight", [HeadSize / 2], Llama3Factors(scaling));
        }
    }

    private float[] Converted(TensorInfo tensor, float[] values)
    {
        if (IsGemma && tensor.Name.EndsWith("norm.weight", StringComparison.Ordinal))
        {
            return [.. values.Select(value => value + 1)];
        }

        var isQuery = tensor.Name.EndsWith("q_proj.weight", StringComparison.Ordinal);
        if (_architecture == "gemma2" && isQuery)
        {
            // GGUF has no key for a score scale other than the head size's (all published Gemma 2 but the 27B have that one): folded into the queries.
            var factor = MathF.Sqrt(HeadSize / Number("query_pre_attn_scalar")!.Value);
            return [.. values.Select(value => value * factor)];
        }

        return _architecture == "llama" && (isQuery || tensor.Name.EndsWith("k_proj.weight", StringComparison.Ordinal)) ? Interleaved(values, (int)tensor.Columns) : values;
    }

    /// <summary>llama.cpp stores rows (half, i) of a head at (i, half).</summary>
    private float[] Interleaved(float[] values, int columns)
    {
        var result = new float[values.Length];
        var half = HeadSize / 2;
        for (var row = 0; row < values.Length / columns; row++)
        {
            var (head, within) = (row / HeadSize, row % HeadSize);
            var target = (head * HeadSize) + (within % half * 2) + (within / half);
            Array.Copy(values, row * columns, result, target * columns, columns);
        }

        return result;
    }

    private float[] Llama3Factors(JsonElement scaling)
    {
        var (factor, low, high) = (scaling.GetProperty("factor").GetDouble(), scaling.GetProperty("low_freq_factor").GetDouble(), scaling.GetProperty("high_freq_factor").GetDouble());
        var original = scaling.GetProperty("original_max_position_embeddings").GetDouble();
        return [.. Enumerable.Range(0, HeadSize / 2).Select(i =>
        {
            var wavelength = 2 * Math.PI * Math.Pow(RopeBase(), 2.0 * i / HeadSize);
            var smooth = ((original / wavelength) - low) / (high - low);
            return (float)(wavelength < original / high ? 1 : wavelength > original / low ? factor : 1 / (((1 - smooth) / factor) + smooth));
        })];
    }

    private string GgufName(string name)
    {
        var suffix = name[name.LastIndexOf('.')..];
        var module = name[..^suffix.Length];
        var layer = Layer().Match(module);
        var within = layer.Success ? module[(layer.Index + layer.Length)..] : module;
        var gguf = within == "post_attention_layernorm"
            ? _architecture is "gemma2" or "gemma3" ? "post_attention_norm" : "ffn_norm"
            : Names.First(pair => pair.Checkpoint == within).Gguf;
        return (layer.Success ? $"blk.{layer.Groups[1].Value}." : string.Empty) + gguf + suffix;
    }

    private int HeadSize => Int("head_dim") ?? Int("hidden_size")!.Value / Int("num_attention_heads")!.Value;

    private JsonElement? Scaling => _config.TryGetProperty("rope_scaling", out var scaling) && scaling.ValueKind == JsonValueKind.Object ? scaling : null;

    private float RopeBase()
    {
        var rope = _config.TryGetProperty("rope_parameters", out var parameters) ? parameters : _config;
        rope = rope.TryGetProperty("full_attention", out var full) ? full : rope;
        return rope.TryGetProperty("rope_theta", out var theta) ? theta.GetSingle() : Number("rope_freq_constant") ?? 10000;
    }

    private void Add(string key, object value) => _writer.Add($"{_architecture}.{key}", value);

    private void AddIfThere(string key, object? value)
    {
        if (value is not null)
        {
            Add(key, value);
        }
    }

    private int? Int(string name) => _config.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetInt32() : null;

    private float? Number(string name) => _config.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetSingle() : null;

    private int[] Ints(string name) => [.. _config.GetProperty(name).EnumerateArray().Select(item => item.GetInt32())];

    private string[] Strings(string name) => [.. _config.GetProperty(name).EnumerateArray().Select(item => item.GetString()!)];

    private static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? value.GetString() : null;

    [GeneratedRegex(@"layers\.(\d+)\.")]
    private static partial Regex Layer();

    [GeneratedRegex(@"layers\.(?<layer>\d+)\.block_sparse_moe\.experts\.(?<expert>\d+)\.w(?<w>\d)\.weight$")]
    private static partial Regex Expert();
}
