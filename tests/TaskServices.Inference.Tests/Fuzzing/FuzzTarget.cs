using TaskServices.Inference.Adapters;
using TaskServices.Inference.Models;
using TaskServices.Inference.Models.Architectures;
using TaskServices.Inference.Models.Graphs;
using TaskServices.Inference.Models.Onnx;
using TaskServices.Inference.Models.Weights;
using TaskServices.Inference.Tokenization;
using TaskServices.Testing;

namespace TaskServices.Inference.Tests.Fuzzing;

/// <summary>One reader of files that others wrote: what it reads, whole examples, and how to read a damaged one in its place.</summary>
/// <param name="Seeds">Paths of whole files.</param>
/// <param name="FileName">Name that the damaged file gets in an own folder.</param>
/// <param name="Companions">Whole files that lie beside it.</param>
/// <param name="Read">Reads the damaged file; gets the folder.</param>
internal sealed record FuzzTarget(string Name, string[] Seeds, string FileName, string[] Companions, Action<string> Read)
{
    private const string Sample = "Hello, wörld! 12345 SELECT * FROM t WHERE a = 'b';\r\n\t<s> 你好 \U0001F600 it's";

    private static readonly string IndexSeed =
        TestFiles.InRepository("tests", "TaskServices.Inference.Tests", "Fuzzing", "Seeds", "model.safetensors.index.json");

    private const int LargestRead = 1 << 20;

    /// <summary>Gets the targets whose seeds are there.</summary>
    public static IReadOnlyList<FuzzTarget> All() =>
    [
        new("gguf", [.. Fixtures("gguf", "tiny-llama.gguf"), .. Fixtures("gguf", "blocks.gguf"), .. Fixtures("gguf/malformed", "*.gguf")], "model.gguf", [], folder => ReadGguf(Path.Combine(folder, "model.gguf"))),
        new("safetensors", [.. Fixtures("models/llama-lora", "*.safetensors"), .. Fixtures("gguf/malformed", "*.safetensors")], "model.safetensors", [], folder => ReadTensors(Path.Combine(folder, "model.safetensors"))),
        new("config", Fixtures("models/*", "config.json"), "config.json", [], ReadConfig),
        new("index", [IndexSeed], "model.safetensors.index.json", Fixtures("models/llama", "model.safetensors"), folder => ShardedSafetensors.Open(Path.Combine(folder, "model.safetensors.index.json")).Dispose()),
        new("tokenizer.json", Fixtures("tokenizers", "*.tokenizer.json"), "tokenizer.json", [], folder => Tokenize(Path.Combine(folder, "tokenizer.json"))),
        new("tokenizer.model", Fixtures("tokenizers", "*.model"), "tokenizer.model", [], folder => Tokenize(Path.Combine(folder, "tokenizer.model"))),
        new("tokenizer.gguf", Fixtures("tokenizers", "*.gguf"), "tokenizer.gguf", [], folder => Tokenize(Path.Combine(folder, "tokenizer.gguf"))),
        new("adapter_config", Fixtures("models/llama-lora", "adapter_config.json"), "adapter_config.json", Fixtures("models/llama-lora", "adapter_model.safetensors"), ReadAdapter),
        new("adapter_model", Fixtures("models/llama-lora", "adapter_model.safetensors"), "adapter_model.safetensors", Fixtures("models/llama-lora", "adapter_config.json"), ReadAdapter),
    ];

    private static string[] Fixtures(string folder, string pattern)
    {
        var root = TestFiles.TryShared("fixtures");
        if (root is null)
        {
            return [];
        }

        string[] folders = folder.EndsWith("/*", StringComparison.Ordinal)
            ? Directory.GetDirectories(Path.Combine(root, folder[..^2]))
            : [Path.Combine(root, folder)];
        return [.. folders.SelectMany(path => Directory.GetFiles(path, pattern)).Order(StringComparer.Ordinal)];
    }

    private static void ReadGguf(string path)
    {
        using var file = GgufFile.Open(path);
        ReadRows(file);
        var config = GgufConfig.Read(file);
        var weights = new WeightMap(file, config, true, config.Architecture.GgufInterleavesHeads, path);
        using var written = new ExternalWeights(path + ".data");
        DecoderGraph.Build(config, weights, 8, written, out _);
    }

    private static void ReadTensors(string path)
    {
        using var file = SafetensorsFile.Open(path);
        ReadRows(file);
    }

    private static void ReadRows(ITensorSource file)
    {
        foreach (var tensor in file.Tensors.Values.Where(tensor => tensor.Type != TensorType.Other && tensor.Columns <= LargestRead))
        {
            file.ReadRows(tensor.Name, tensor.Rows - 1, new float[tensor.Columns]);
        }
    }

    /// <summary>The weights of any fixture do: what matters is that numbers that do not fit them are noticed.</summary>
    private static void ReadConfig(string folder)
    {
        var path = Path.Combine(folder, "config.json");
        var config = CheckpointConfig.Read(path);
        using var file = SafetensorsFile.Open(TestFiles.TryShared("fixtures", "models", "llama", "model.safetensors")!);
        using var written = new ExternalWeights(path + ".data");
        DecoderGraph.Build(config, new WeightMap(file, config, false, false, path), 4, written, out _);
    }

    private static void Tokenize(string path)
    {
        var tokenizer = TokenizerLoader.Load(path);
        var ids = tokenizer.Encode(Sample);
        tokenizer.Decode(ids);
        tokenizer.Encode(Sample, parseSpecialTokens: true);
    }

    private static void ReadAdapter(string folder)
    {
        using var adapter = LoraAdapter.Open(folder);
        foreach (var target in adapter.Targets.Values)
        {
            adapter.Read(target);
        }
    }
}
