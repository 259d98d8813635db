using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace TaskServices.Tuning.Training;

/// <summary>Attention over a <see cref="PackedSequence"/>, block by block, without ever forming the masked part of the square.</summary>
internal static class PackedAttention
{
    /// <param name="query">[heads, sequence, head size].</param>
    /// <param name="key">[key-value heads, sequence, head size].</param>
    /// <param name="value">As <paramref name="key"/>.</param>
    /// <returns>[sequence, heads × head size].</returns>
    public static Tensor Attend(PackedSequence sequence, Tensor query, Tensor key, Tensor value)
    {
        var (heads, length, size) = (query.shape[0], query.shape[1], query.shape[2]);
        var groups = heads / key.shape[0];
        query = query * (1 / Math.Sqrt(size));
        key = key.repeat_interleave(groups, dim: 0);
        value = value.repeat_interleave(groups, dim: 0);
        var prefix = sequence.PrefixLength;
        var (prefixKey, prefixValue) = (key.narrow(1, 0, prefix), value.narrow(1, 0, prefix));
        var ofPrefix = matmul(F.softmax(matmul(query.narrow(1, 0, prefix), prefixKey.transpose(1, 2)) + Causal(prefix, query.dtype), -1), prefixValue);
        var ofExamples = AttendExamples(
            sequence,
            query.narrow(1, prefix, length - prefix),
            prefixKey,
            prefixValue,
            key.narrow(1, prefix, length - prefix),
            value.narrow(1, prefix, length - prefix));
        return cat([ofPrefix, ofExamples], dim: 1).transpose(0, 1).reshape(length, heads * size);
    }

    private static Tensor AttendExamples(
        PackedSequence sequence, Tensor query, Tensor prefixKey, Tensor prefixValue, Tensor ownKey, Tensor ownValue)
    {
        var (heads, size) = (query.shape[0], query.shape[2]);
        var (count, length, prefix) = (sequence.ExampleCount, sequence.ExampleLength, sequence.PrefixLength);
        Tensor Blocks(Tensor x) => x.reshape(heads, count, length, size);

        var toPrefix = matmul(query, prefixKey.transpose(1, 2)).reshape(heads, count, length, prefix);
        var toSelf = matmul(Blocks(query), Blocks(ownKey).transpose(2, 3)) + Causal(length, query.dtype);
        var weights = F.softmax(cat([toPrefix, toSelf], dim: 3), -1);
        var fromPrefix = matmul(weights.narrow(3, 0, prefix).reshape(heads, count * length, prefix), prefixValue);
        var fromSelf = matmul(weights.narrow(3, prefix, length), Blocks(ownValue)).reshape(heads, count * length, size);
        return fromPrefix + fromSelf;
    }

    private static Tensor Causal(long length, ScalarType type) =>
        full([length, length], float.NegativeInfinity, ScalarType.Float32).triu(1).to(type);
}
