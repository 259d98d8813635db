namespace TaskServices.Inference.Models.Architectures;

/// <summary>The supported architectures, one row each, verified against reference logits.</summary>
internal static class ArchitectureTable
{
    private static readonly Dictionary<string, string> LlamaNames = new(StringComparer.Ordinal)
    {
        ["token_embd"] = "model.embed_tokens",
        ["output_norm"] = "model.norm",
        ["output"] = "lm_head",
        ["blk.{0}.attn_norm"] = "model.layers.{0}.input_layernorm",
        ["blk.{0}.attn_q"] = "model.layers.{0}.self_attn.q_proj",
        ["blk.{0}.attn_k"] = "model.layers.{0}.self_attn.k_proj",
        ["blk.{0}.attn_v"] = "model.layers.{0}.self_attn.v_proj",
        ["blk.{0}.attn_q_norm"] = "model.layers.{0}.self_attn.q_norm",
        ["blk.{0}.attn_k_norm"] = "model.layers.{0}.self_attn.k_norm",
        ["blk.{0}.attn_output"] = "model.layers.{0}.self_attn.o_proj",
        ["blk.{0}.ffn_norm"] = "model.layers.{0}.post_attention_layernorm",
        ["blk.{0}.ffn_gate"] = "model.layers.{0}.mlp.gate_proj",
        ["blk.{0}.ffn_up"] = "model.layers.{0}.mlp.up_proj",
        ["blk.{0}.ffn_down"] = "model.layers.{0}.mlp.down_proj",
    };

    private static readonly Dictionary<string, string> FourNormNames = With(LlamaNames, new()
    {
        ["blk.{0}.post_attention_norm"] = "model.layers.{0}.post_attention_layernorm",
        ["blk.{0}.ffn_norm"] = "model.layers.{0}.pre_feedforward_layernorm",
        ["blk.{0}.post_ffw_norm"] = "model.layers.{0}.post_feedforward_layernorm",
    });

    private static readonly Architecture[] Rows =
    [
        new("llama", LlamaNames) { GgufInterleavesHeads = true },
        new("mistral", LlamaNames) { GgufInterleavesHeads = true },
        new("mixtral", With(LlamaNames, new()
        {
            ["blk.{0}.ffn_gate_inp"] = "model.layers.{0}.block_sparse_moe.gate",
            ["blk.{0}.ffn_gate.{1}"] = "model.layers.{0}.block_sparse_moe.experts.{1}.w1",
            ["blk.{0}.ffn_up.{1}"] = "model.layers.{0}.block_sparse_moe.experts.{1}.w3",
            ["blk.{0}.ffn_down.{1}"] = "model.layers.{0}.block_sparse_moe.experts.{1}.w2",
        })) { GgufInterleavesHeads = true },
        new("qwen2", LlamaNames),
        new("qwen3", LlamaNames),
        new("gemma", LlamaNames) { Activation = Activation.GeluTanh, ScaledEmbedding = true, NormPlusOne = true },
        new("gemma2", FourNormNames) { Activation = Activation.GeluTanh, ScaledEmbedding = true, NormPlusOne = true },
        new("gemma3", FourNormNames) { Activation = Activation.GeluTanh, ScaledEmbedding = true, NormPlusOne = true },
        new("phi", With(LlamaNames, new()
        {
            ["output_norm"] = "model.final_layernorm",
            ["blk.{0}.attn_output"] = "model.layers.{0}.self_attn.dense",
            ["blk.{0}.ffn_up"] = "model.layers.{0}.mlp.fc1",
            ["blk.{0}.ffn_down"] = "model.layers.{0}.mlp.fc2",
        })) { Activation = Activation.GeluTanh, LayerNorm = true, ParallelBlock = true, Gated = false },
        new("phi3", With(LlamaNames, new()
        {
            ["blk.{0}.attn_qkv"] = "model.layers.{0}.self_attn.qkv_proj",
            ["blk.{0}.ffn_gate_up"] = "model.layers.{0}.mlp.gate_up_proj",
        })) { GgufNames = new Dictionary<string, string>(StringComparer.Ordinal) { ["blk.{0}.ffn_gate_up"] = "blk.{0}.ffn_up" } },
        new("openelm", new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["token_embd"] = "transformer.token_embeddings",
            ["output_norm"] = "transformer.norm",
            ["output"] = "lm_head",
            ["blk.{0}.attn_norm"] = "transformer.layers.{0}.attn_norm",
            ["blk.{0}.attn_qkv"] = "transformer.layers.{0}.attn.qkv_proj",
            ["blk.{0}.attn_q_norm"] = "transformer.layers.{0}.attn.q_norm",
            ["blk.{0}.attn_k_norm"] = "transformer.layers.{0}.attn.k_norm",
            ["blk.{0}.attn_output"] = "transformer.layers.{0}.attn.out_proj",
            ["blk.{0}.ffn_norm"] = "transformer.layers.{0}.ffn_norm",
            ["blk.{0}.ffn_gate_up"] = "transformer.layers.{0}.ffn.proj_1",
            ["blk.{0}.ffn_down"] = "transformer.layers.{0}.ffn.proj_2",
        }),
    ];

    /// <summary>Other names that files use for a row of the table.</summary>
    private static readonly Dictionary<string, string> Aliases = new(StringComparer.Ordinal) { ["gemma3_text"] = "gemma3", ["phi2"] = "phi" };

    public static IReadOnlyList<Architecture> All => Rows;

    /// <summary>Finds a row by <c>model_type</c> or <c>general.architecture</c>.</summary>
    /// <exception cref="InferenceException">The architecture is not supported.</exception>
    public static Architecture Find(string name, string path)
    {
        var canonical = Aliases.GetValueOrDefault(name, name);
        return Rows.FirstOrDefault(row => row.Name == canonical)
            ?? throw new InferenceException(
                "ARCHITECTURE_UNSUPPORTED",
                $"{path}: the architecture '{ErrorText.Quote(name)}' is not supported; supported are {string.Join(", ", Rows.Select(row => row.Name))}.");
    }

    private static Dictionary<string, string> With(Dictionary<string, string> names, Dictionary<string, string> changes)
    {
        var result = new Dictionary<string, string>(names, StringComparer.Ordinal);
        foreach (var (name, value) in changes)
        {
            result[name] = value;
        }

        return result;
    }
}
