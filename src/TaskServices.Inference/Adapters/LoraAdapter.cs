using System.Text.RegularExpressions;
using TaskServices.Inference.Models;
using TaskServices.Inference.Models.Architectures;
using TaskServices.Inference.Models.Weights;

namespace TaskServices.Inference.Adapters;

/// <summary>A LoRA adapter (arXiv 2106.09685) in PEFT's form: <c>adapter_config.json</c> and <c>adapter_model.safetensors</c>.</summary>
/// <remarks>W' = W + (alpha / r) B A for each target. Safe for use from several threads.</remarks>
public sealed partial class LoraAdapter : IDisposable
{
    internal const string ConfigFileName = "adapter_config.json";

    internal const string WeightsFileName = "adapter_model.safetensors";

    private readonly SafetensorsFile _file;

    private readonly Dictionary<string, LoraTarget> _targets;

    private LoraAdapter(string path, SafetensorsFile file, Dictionary<string, LoraTarget> targets, string? baseModel) =>
        (Path, _file, _targets, BaseModel) = (path, file, targets, baseModel);

    /// <summary>Gets the adapter's folder.</summary>
    public string Path { get; }

    /// <summary>Gets the base model that the configuration names, or null.</summary>
    public string? BaseModel { get; }

    /// <summary>Gets the targets by module path inside the model, for example <c>model.layers.0.self_attn.q_proj</c>.</summary>
    public IReadOnlyDictionary<string, LoraTarget> Targets => _targets;

    /// <summary>Gets the largest rank of the updates.</summary>
    public int Rank => _targets.Values.Max(target => target.Rank);

    /// <summary>Gets the kinds of matrices that the adapter changes, for example <c>q_proj</c>, in alphabetical order.</summary>
    public IReadOnlyList<string> TargetModules =>
        [.. _targets.Keys.Select(module => module[(module.LastIndexOf('.') + 1)..]).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>Opens and checks an adapter; whether it fits a base model is checked when it meets one.</summary>
    /// <exception cref="InferenceException">A file is missing or damaged, or the adapter is of a kind that is not supported.</exception>
    public static LoraAdapter Open(string directory)
    {
        var config = LoraConfig.Read(System.IO.Path.Combine(directory, ConfigFileName));
        var file = SafetensorsFile.Open(System.IO.Path.Combine(directory, WeightsFileName));
        try
        {
            return new LoraAdapter(directory, file, ReadTargets(file, config), config.BaseModel);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Reads A [rank, in] and B [out, rank] of a target.</summary>
    public (float[] A, float[] B) Read(LoraTarget target)
    {
        var a = new float[target.Rank * target.InputSize];
        var b = new float[target.OutputSize * target.Rank];
        _file.ReadRows(target.TensorA, 0, a);
        _file.ReadRows(target.TensorB, 0, b);
        return (a, b);
    }

    public void Dispose() => _file.Dispose();

    internal static IReadOnlyList<string> FilesOf(string directory) =>
        [System.IO.Path.Combine(directory, ConfigFileName), System.IO.Path.Combine(directory, WeightsFileName)];

    internal bool IsBFloat16(LoraTarget target) =>
        _file.Tensors[target.TensorA].Type == TensorType.BF16 && _file.Tensors[target.TensorB].Type == TensorType.BF16;

    /// <summary>Checks that every target is a matrix of the graph's products with the right shape.</summary>
    /// <exception cref="InferenceException"><c>ADAPTER_BASE_MISMATCH</c>.</exception>
    internal void CheckFits(IEnumerable<AdaptedProduct> products, string baseName)
    {
        var parts = products.SelectMany(product => product.Parts.Select(part => (part, product.Inputs)))
            .GroupBy(pair => pair.part.Module, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.First(), StringComparer.Ordinal);
        foreach (var target in _targets.Values)
        {
            if (!parts.TryGetValue(target.Module, out var found))
            {
                throw DoesNotFit(target.Module, baseName, "the base model has no such matrix that takes adapters at run time");
            }

            if (found.part.ModuleRows != target.OutputSize || found.Inputs != target.InputSize)
            {
                throw DoesNotFit(target, baseName, $"[{found.part.ModuleRows}, {found.Inputs}]");
            }
        }
    }

    /// <summary>Checks that every target is a matrix of the base model with the right shape.</summary>
    internal void CheckFits(WeightMap weights, ModelConfig config, string baseName)
    {
        var known = config.Architecture.Names.ToDictionary(pair => pair.Value, pair => pair.Key, StringComparer.Ordinal);
        foreach (var target in _targets.Values)
        {
            var numbers = Number().Matches(target.Module).Select(match => (object)match.Groups[1].Value).ToArray();
            var index = 0;
            var pattern = Number().Replace(target.Module, _ => $".{{{index++}}}");
            var canonical = known.TryGetValue(pattern, out var name)
                ? string.Format(System.Globalization.CultureInfo.InvariantCulture, name, numbers) + ".weight"
                : throw DoesNotFit(target.Module, baseName, "the base model has no such module");
            var tensor = weights.Find(canonical) ?? throw DoesNotFit(target.Module, baseName, "the base model has no such matrix");
            if (tensor.Shape is not [var rows, var columns] || rows != target.OutputSize || columns != target.InputSize)
            {
                throw DoesNotFit(target, baseName, tensor.ShapeText);
            }
        }
    }

    internal LoraTarget? Find(string module) => _targets.GetValueOrDefault(module);

    private InferenceException DoesNotFit(LoraTarget target, string baseName, string shape) => DoesNotFit(
        target.Module, baseName, $"{target.TensorB} and {target.TensorA} make an update of [{target.OutputSize}, {target.InputSize}], the base's matrix is {shape}");

    private InferenceException DoesNotFit(string module, string baseName, string reason) => new(
        "ADAPTER_BASE_MISMATCH",
        $"{Path}: the adapter was made for {(BaseModel is null ? "another base model" : $"'{ErrorText.Quote(BaseModel)}'")} and does not fit '{baseName}': {ErrorText.Quote(module)}: {reason}; use the base that it was trained on.");

    private static Dictionary<string, LoraTarget> ReadTargets(SafetensorsFile file, LoraConfig config)
    {
        var targets = new Dictionary<string, LoraTarget>(StringComparer.Ordinal);
        foreach (var tensor in file.Tensors.Values)
        {
            var match = TensorName().Match(tensor.Name);
            if (!match.Success)
            {
                throw ModelFileErrors.Unsupported(file.Path, $"tensor '{tensor.Name}'", "only lora_A and lora_B matrices of linear layers are supported");
            }

            var module = match.Groups["module"].Value;
            if (match.Groups["side"].Value == "A")
            {
                var nameB = tensor.Name.Replace(".lora_A.", ".lora_B.", StringComparison.Ordinal);
                if (!targets.TryAdd(module, ReadTarget(file, config, module, tensor, nameB)))
                {
                    throw ModelFileErrors.Invalid(file.Path, $"module '{module}'", "it has two updates under different tensor names");
                }
            }
            else if (!file.Tensors.ContainsKey(tensor.Name.Replace(".lora_B.", ".lora_A.", StringComparison.Ordinal)))
            {
                throw ModelFileErrors.Invalid(file.Path, $"tensor '{tensor.Name}'", "its lora_A counterpart is missing");
            }
        }

        return targets.Count > 0 ? targets : throw ModelFileErrors.Invalid(file.Path, "the header", "there is no lora_A tensor");
    }

    private static LoraTarget ReadTarget(SafetensorsFile file, LoraConfig config, string module, TensorInfo a, string nameB)
    {
        if (!file.Tensors.TryGetValue(nameB, out var b))
        {
            throw ModelFileErrors.Invalid(file.Path, $"tensor '{a.Name}'", $"its counterpart '{nameB}' is missing");
        }

        var rank = config.RankOf(module);
        return a.Shape is [var rankA, var inputs] && b.Shape is [var outputs, var rankB] && rankA == rank && rankB == rank
            ? new LoraTarget(module, rank, (int)inputs, (int)outputs, config.ScaleOf(module), a.Name, nameB)
            : throw ModelFileErrors.Invalid(file.Path, $"module '{module}'", $"shapes {a.ShapeText} and {b.ShapeText} do not fit rank {rank}");
    }

    [GeneratedRegex(@"^(?:base_model\.model\.)?(?<module>.+)\.lora_(?<side>[AB])(?:\.default)?\.weight$")]
    private static partial Regex TensorName();

    [GeneratedRegex(@"\.(\d+)")]
    private static partial Regex Number();
}
