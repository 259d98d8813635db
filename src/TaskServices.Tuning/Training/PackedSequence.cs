using static TorchSharp.torch;

namespace TaskServices.Tuning.Training;

/// <summary>One example: what follows the shared prefix, and what the model is to write.</summary>
internal sealed record TrainingExample(int[] SuffixTokenIds, int[] TargetTokenIds)
{
    public int Length => SuffixTokenIds.Length + TargetTokenIds.Length;
}

/// <summary>
/// Several examples of one schema in one sequence: the prefix is encoded once, and each example attends to the prefix and to itself only, at the
/// positions that it would have alone. Its loss is the same as alone, at a fraction of the tokens.
/// </summary>
/// <remarks>
/// Layout: the prefix, then the examples padded on the right to one length, so that attention works on whole blocks:
/// [prefix × prefix], [examples × prefix] and, for each example, [length × length].
/// </remarks>
internal sealed class PackedSequence : IDisposable
{
    private const int PadTokenId = 0;

    private PackedSequence(int prefixLength, int exampleCount, int exampleLength, Tensor tokenIds, Tensor positions, Tensor rows, Tensor targets)
    {
        (PrefixLength, ExampleCount, ExampleLength) = (prefixLength, exampleCount, exampleLength);
        (TokenIds, Positions, Rows, Targets) = (tokenIds, positions, rows, targets);
    }

    public int PrefixLength { get; }

    public int ExampleCount { get; }

    /// <summary>Gets the tokens that every example takes, padding included.</summary>
    public int ExampleLength { get; }

    public Tensor TokenIds { get; }

    /// <summary>Gets the position of each token in its own text.</summary>
    public Tensor Positions { get; }

    /// <summary>Gets the rows whose logits predict a target token.</summary>
    public Tensor Rows { get; }

    /// <summary>Gets the token that each row is to predict.</summary>
    public Tensor Targets { get; }

    public static PackedSequence Create(IReadOnlyList<int> prefix, IReadOnlyList<TrainingExample> examples)
    {
        var exampleLength = examples.Max(example => example.Length) - 1;
        var length = prefix.Count + (examples.Count * exampleLength);
        var tokenIds = new long[length];
        var positions = new long[length];
        var rows = new List<long>();
        var targets = new List<long>();
        for (var i = 0; i < prefix.Count; i++)
        {
            tokenIds[i] = prefix[i];
            positions[i] = i;
        }

        for (var e = 0; e < examples.Count; e++)
        {
            int[] text = [.. examples[e].SuffixTokenIds, .. examples[e].TargetTokenIds];
            var start = prefix.Count + (e * exampleLength);
            for (var i = 0; i < exampleLength; i++)
            {
                tokenIds[start + i] = i < text.Length - 1 ? text[i] : PadTokenId;
                positions[start + i] = prefix.Count + i;
                if (i + 1 >= examples[e].SuffixTokenIds.Length && i + 1 < text.Length)
                {
                    rows.Add(start + i);
                    targets.Add(text[i + 1]);
                }
            }
        }

        return new(
            prefix.Count, examples.Count, exampleLength, tensor(tokenIds), tensor(positions), tensor(rows.ToArray()), tensor(targets.ToArray()));
    }

    public void Dispose()
    {
        TokenIds.Dispose();
        Positions.Dispose();
        Rows.Dispose();
        Targets.Dispose();
    }
}
