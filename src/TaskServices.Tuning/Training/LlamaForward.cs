using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace TaskServices.Tuning.Training;

/// <summary>The forward pass of a llama model with LoRA on every linear layer, for training: one packed sequence at a time.</summary>
/// <remarks>The same mathematics as the inference graph: a test compares both with the reference logits.</remarks>
internal sealed class LlamaForward(LlamaWeights weights, LoraWeights? lora)
{
    private readonly LlamaShape _shape = weights.Shape;

    /// <summary>Computes the logits of the sequence's rows.</summary>
    /// <returns>fp32 [rows, vocabulary].</returns>
    public Tensor Logits(PackedSequence sequence)
    {
        var (cosine, sine) = Rotary(sequence.Positions);
        var x = weights["token_embd.weight"].index_select(0, sequence.TokenIds);
        for (var layer = 0; layer < _shape.Layers; layer++)
        {
            x = x + Attention(layer, Normalise(x, $"blk.{layer}.attn_norm.weight"), cosine, sine, sequence);
            x = x + FeedForward(layer, Normalise(x, $"blk.{layer}.ffn_norm.weight"));
        }

        x = Normalise(x.index_select(0, sequence.Rows), "output_norm.weight");
        return F.linear(x, weights["token_embd.weight"]).to(ScalarType.Float32);
    }

    private Tensor Attention(int layer, Tensor x, Tensor cosine, Tensor sine, PackedSequence sequence)
    {
        var query = Rotate(Heads(Linear(layer, 0, x), _shape.Heads), cosine, sine);
        var key = Rotate(Heads(Linear(layer, 1, x), _shape.KeyValueHeads), cosine, sine);
        var value = Heads(Linear(layer, 2, x), _shape.KeyValueHeads);
        return Linear(layer, 3, PackedAttention.Attend(sequence, query, key, value));
    }

    private Tensor FeedForward(int layer, Tensor x) => Linear(layer, 6, F.silu(Linear(layer, 4, x)) * Linear(layer, 5, x));

    private Tensor Linear(int layer, int target, Tensor x)
    {
        var (gguf, peft) = LoraWeights.Targets[target];
        var y = F.linear(x, weights[$"blk.{layer}.{gguf}.weight"]);
        if (lora is null)
        {
            return y;
        }

        // The scale goes into A, the smallest of the factors.
        var a = (lora.Parameters[LoraWeights.Name(layer, peft, 'A')] * lora.Scale).to(weights.Precision);
        var b = lora.Parameters[LoraWeights.Name(layer, peft, 'B')].to(weights.Precision);
        return y + F.linear(F.linear(x, a), b);
    }

    private Tensor Heads(Tensor x, int heads) => x.reshape(x.shape[0], heads, _shape.HeadSize).transpose(0, 1);

    private Tensor Normalise(Tensor x, string name)
    {
        var wide = x.to(ScalarType.Float32);
        var scale = (wide.square().mean([-1], keepdim: true) + _shape.RmsEpsilon).rsqrt();
        return (wide * scale * weights[name]).to(weights.Precision);
    }

    private (Tensor Cosine, Tensor Sine) Rotary(Tensor positions)
    {
        var exponents = arange(0, _shape.HeadSize, 2, ScalarType.Float32) / _shape.HeadSize;
        var angles = positions.to(ScalarType.Float32).unsqueeze(1) * torch.pow(_shape.RopeBase, exponents).reciprocal().unsqueeze(0);
        var full = cat([angles, angles], dim: 1);
        return (full.cos().to(weights.Precision), full.sin().to(weights.Precision));
    }

    private static Tensor Rotate(Tensor x, Tensor cosine, Tensor sine)
    {
        var half = x.shape[2] / 2;
        var rotated = cat([-x.narrow(2, half, half), x.narrow(2, 0, half)], dim: 2);
        return (x * cosine) + (rotated * sine);
    }
}
