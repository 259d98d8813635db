using TaskServices.Inference;
using TaskServices.Inference.Adapters;
using static TorchSharp.torch;

namespace TaskServices.Tuning.Training;

/// <summary>The trainable part: for every linear layer W a pair A [rank, in], B [out, rank] with W' = W + (alpha / rank) B A.</summary>
/// <remarks>Hu et al., LoRA (arXiv 2106.09685). A starts uniform as in PEFT (Kaiming, a = √5), B starts at zero. fp32.</remarks>
internal sealed class LoraWeights : IDisposable
{
    /// <summary>The linear layers of a block: GGUF name, PEFT name.</summary>
    public static readonly IReadOnlyList<(string Gguf, string Peft)> Targets =
    [
        ("attn_q", "self_attn.q_proj"), ("attn_k", "self_attn.k_proj"), ("attn_v", "self_attn.v_proj"), ("attn_output", "self_attn.o_proj"),
        ("ffn_gate", "mlp.gate_proj"), ("ffn_up", "mlp.up_proj"), ("ffn_down", "mlp.down_proj"),
    ];

    private readonly SortedDictionary<string, Tensor> _parameters = new(StringComparer.Ordinal);

    private LoraWeights(int rank, double alpha) => (Rank, Alpha) = (rank, alpha);

    public int Rank { get; }

    public double Alpha { get; }

    public double Scale => Alpha / Rank;

    /// <summary>Gets the parameters by PEFT name.</summary>
    public IReadOnlyDictionary<string, Tensor> Parameters => _parameters;

    public static LoraWeights Create(LlamaWeights weights, int rank, double alpha, long seed)
    {
        var lora = new LoraWeights(rank, alpha);
        using var generator = new Generator((ulong)seed);
        for (var layer = 0; layer < weights.Shape.Layers; layer++)
        {
            foreach (var (gguf, peft) in Targets)
            {
                var shape = weights[$"blk.{layer}.{gguf}.weight"].shape;
                var bound = 1 / Math.Sqrt(shape[1]);
                using (no_grad())
                {
                    var a = (rand([rank, shape[1]], generator: generator) * (2 * bound)) - bound;
                    lora._parameters[Name(layer, peft, 'A')] = a.requires_grad_();
                    lora._parameters[Name(layer, peft, 'B')] = zeros([shape[0], rank]).requires_grad_();
                }
            }
        }

        return lora;
    }

    public static string Name(int layer, string peft, char part) => $"base_model.model.model.layers.{layer}.{peft}.lora_{part}.weight";

    /// <summary>Writes the adapter as PEFT does: bf16 safetensors and its configuration. Atomic per file.</summary>
    public void Save(string directory)
    {
        string[] modules = [.. Targets.Select(target => target.Peft[(target.Peft.IndexOf('.', StringComparison.Ordinal) + 1)..])];
        LoraAdapterWriter.Write(
            directory,
            new LoraDescription("smollm2-135m-instruct", Rank, Alpha, modules),
            [.. _parameters.Select(pair => new LoraTensor(pair.Key, pair.Value.shape, Values(pair.Value)))],
            asBFloat16: true);
    }

    /// <summary>Replaces the values of all parameters.</summary>
    public void Load(IReadOnlyDictionary<string, Tensor> values)
    {
        using var noGradient = no_grad();
        foreach (var (name, parameter) in _parameters)
        {
            parameter.copy_(values[name]);
        }
    }

    /// <summary>Takes the values of an adapter of the same rank, scale and targets.</summary>
    /// <exception cref="InferenceException">The folder holds no such adapter.</exception>
    public void LoadAdapter(string directory)
    {
        using var adapter = LoraAdapter.Open(directory);
        using var noGradient = no_grad();
        for (var layer = 0; _parameters.ContainsKey(Name(layer, Targets[0].Peft, 'A')); layer++)
        {
            foreach (var (_, peft) in Targets)
            {
                var (a, b) = (_parameters[Name(layer, peft, 'A')], _parameters[Name(layer, peft, 'B')]);
                if (!adapter.Targets.TryGetValue($"model.layers.{layer}.{peft}", out var target) || target.Rank != Rank ||
                    target.InputSize != a.shape[1] || target.OutputSize != b.shape[0] || Math.Abs(target.Scale - Scale) > 1e-6)
                {
                    throw new InferenceException(
                        "ADAPTER_MISMATCH", $"{directory}: layer {layer}, {peft} is not of rank {Rank} and scale {Scale} for this base. Start without --init.");
                }

                var (valuesOfA, valuesOfB) = adapter.Read(target);
                using var fromA = tensor(valuesOfA, a.shape);
                using var fromB = tensor(valuesOfB, b.shape);
                a.copy_(fromA);
                b.copy_(fromB);
            }
        }
    }

    public void Dispose()
    {
        foreach (var parameter in _parameters.Values)
        {
            parameter.Dispose();
        }
    }

    private static float[] Values(Tensor parameter)
    {
        using var values = parameter.detach().to(ScalarType.Float32).contiguous();
        return values.data<float>().ToArray();
    }
}
