using System.Globalization;
using System.Text.RegularExpressions;
using TaskServices.Inference.Adapters;
using TaskServices.Inference.Models.Architectures;

namespace TaskServices.Inference.Models.Weights;

/// <summary>Finds a model's weights by the names GGUF gives them, whichever file they are in, in the layout of published checkpoints.</summary>
/// <param name="source">The file.</param>
/// <param name="config">The model's numbers.</param>
/// <param name="canonicalNames">Whether the file uses GGUF's names itself.</param>
/// <param name="interleavedHeads">Whether query and key rows alternate between the rotary halves, as llama.cpp stores them.</param>
/// <param name="path">For messages.</param>
internal sealed partial class WeightMap(ITensorSource source, ModelConfig config, bool canonicalNames, bool interleavedHeads, string path)
{
    /// <summary>Gets whether norms are stored as w with (1 + w) applied.</summary>
    private readonly bool _shiftNorms = config.Architecture.NormPlusOne && !canonicalNames;

    /// <summary>Gets the adapter to merge into the matrices, or null.</summary>
    public LoraAdapter? Adapter { get; init; }

    public bool Has(string name) => source.Tensors.ContainsKey(FileName(name));

    /// <summary>Finds a tensor's entry; for one expert's matrix, the entry of the tensor that stacks all experts where the file has that.</summary>
    public TensorInfo? Find(string name) =>
        source.Tensors.GetValueOrDefault(FileName(name)) ?? (ExpertName().Match(name) is { Success: true } match ? source.Tensors.GetValueOrDefault(StackName(match)) : null);

    /// <summary>Gets a matrix and checks its shape.</summary>
    /// <exception cref="InferenceException">The tensor is missing or has another shape than the configuration says.</exception>
    public IRowSource Matrix(string name, long rows, int columns)
    {
        var fileName = FileName(name);
        if (!source.Tensors.TryGetValue(fileName, out var tensor))
        {
            return ExpertName().Match(name) is { Success: true } match && source.Tensors.TryGetValue(StackName(match), out var stack)
                ? ExpertRows(stack, int.Parse(match.Groups["expert"].ValueSpan, CultureInfo.InvariantCulture), rows, columns)
                : throw ModelFileErrors.Invalid(path, $"tensor '{fileName}'", "the tensor is missing");
        }

        if (tensor.Shape is not [var actualRows, var actualColumns] || actualRows != rows || actualColumns != columns)
        {
            throw ModelFileErrors.Invalid(path, $"tensor '{fileName}'", $"its shape {tensor.ShapeText} is not [{rows}, {columns}] as the configuration says");
        }

        IRowSource matrix = new TensorRows(source, tensor);
        matrix = IsInterleaved(name) ? new ReorderedRows(matrix, HalvesFirst(config.HeadSize)) : matrix;
        return Adapter is { } adapter && adapter.Find(ModuleName(name[..name.LastIndexOf('.')])) is { } target
            ? new MergedRows(matrix, adapter, target)
            : matrix;
    }

    /// <summary>Gets a bias or norm weight.</summary>
    public float[] Vector(string name, int length)
    {
        var fileName = FileName(name);
        if (!source.Tensors.TryGetValue(fileName, out var tensor))
        {
            throw ModelFileErrors.Invalid(path, $"tensor '{fileName}'", "the tensor is missing");
        }

        if (tensor.Rows * tensor.Columns != length)
        {
            throw ModelFileErrors.Invalid(path, $"tensor '{fileName}'", $"its shape {tensor.ShapeText} is not [{length}] as the configuration says");
        }

        var values = new float[length];
        source.ReadRows(fileName, 0, values);
        if (IsInterleaved(name))
        {
            var order = HalvesFirst(config.HeadSize);
            values = [.. values.Select((_, i) => values[(i / order.Length * order.Length) + order[i % order.Length]])];
        }

        return _shiftNorms && name.EndsWith("_norm.weight", StringComparison.Ordinal) ? [.. values.Select(value => value + 1)] : values;
    }

    private TensorRows ExpertRows(TensorInfo stack, int expert, long rows, int columns) =>
        stack.Shape is [var experts, var actualRows, var actualColumns] && experts == config.ExpertCount && actualRows == rows && actualColumns == columns
            ? new TensorRows(source, stack, expert * rows, rows)
            : throw ModelFileErrors.Invalid(
                path, $"tensor '{stack.Name}'", $"its shape {stack.ShapeText} is not [{config.ExpertCount}, {rows}, {columns}] as the configuration says");

    private bool IsInterleaved(string name) =>
        interleavedHeads && (name.Contains(".attn_q.", StringComparison.Ordinal) || name.Contains(".attn_k.", StringComparison.Ordinal));

    /// <summary>Row (half, i) of a head is stored at (i, half).</summary>
    private static int[] HalvesFirst(int headSize) =>
        [.. Enumerable.Range(0, headSize).Select(row => (row % (headSize / 2) * 2) + (row / (headSize / 2)))];

    private string FileName(string name)
    {
        var dot = name.LastIndexOf('.');
        return (canonicalNames ? Translate(name[..dot], config.Architecture.GgufNames) : ModuleName(name[..dot])) + name[dot..];
    }

    /// <summary>Translates a name without suffix to the one that checkpoints and adapters use.</summary>
    public string ModuleName(string name) => Translate(name, config.Architecture.Names);

    /// <summary>llama.cpp stacks the experts of a layer in one tensor; its older files have one for each.</summary>
    private static string StackName(Match expert) => $"{expert.Groups["matrix"].ValueSpan}_exps.weight";

    private static string Translate(string name, IReadOnlyDictionary<string, string> names)
    {
        var numbers = Number().Matches(name).Select(match => (object)match.Groups[1].Value).ToArray();
        var index = 0;
        var pattern = Number().Replace(name, _ => ".{" + (index++).ToString(CultureInfo.InvariantCulture) + "}");
        return names.TryGetValue(pattern, out var format) ? string.Format(CultureInfo.InvariantCulture, format, numbers) : name;
    }

    [GeneratedRegex(@"^(?<matrix>blk\.\d+\.ffn_(?:gate|up|down))\.(?<expert>\d+)\.weight$")]
    private static partial Regex ExpertName();

    [GeneratedRegex(@"\.(\d+)")]
    private static partial Regex Number();
}
