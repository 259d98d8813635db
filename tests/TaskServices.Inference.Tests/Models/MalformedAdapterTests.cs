using System.Text.Json.Nodes;
using TaskServices.Inference.Adapters;
using TaskServices.Inference.Models;
using TaskServices.Testing;

namespace TaskServices.Inference.Tests.Models;

public sealed class MalformedAdapterTests : IDisposable
{
    private const string ModuleA = "base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight";

    private const string ModuleB = "base_model.model.model.layers.0.self_attn.q_proj.lora_B.weight";

    private readonly TemporaryFolder _folder = new();

    private readonly Dictionary<string, (long[] Shape, float[] Values)> _tensors = [];

    public MalformedAdapterTests()
    {
        using var file = SafetensorsFile.Open(Path.Combine(Fixture(), "adapter_model.safetensors"));
        foreach (var tensor in file.Tensors.Values)
        {
            var values = new float[tensor.Rows * tensor.Columns];
            file.ReadRows(tensor.Name, 0, values);
            _tensors.Add(tensor.Name, ([.. tensor.Shape], values));
        }

        File.Copy(Path.Combine(Fixture(), "adapter_config.json"), _folder.File("adapter_config.json"));
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Open_WholeAdapter_ListsItsTargets()
    {
        WriteWeights();
        using var adapter = LoraAdapter.Open(_folder.Path);
        Assert.Equal(_tensors.Count / 2, adapter.Targets.Count);
    }

    [Theory]
    [InlineData("peft_type", "\"IA3\"")]
    [InlineData("peft_type", "null")]
    [InlineData("use_dora", "true")]
    [InlineData("fan_in_fan_out", "true")]
    [InlineData("bias", "\"all\"")]
    [InlineData("modules_to_save", "[\"lm_head\"]")]
    [InlineData("r", "0")]
    [InlineData("r", "-4")]
    [InlineData("r", "5")]
    [InlineData("r", "1000000000")]
    [InlineData("r", "\"4\"")]
    [InlineData("lora_alpha", "null")]
    [InlineData("lora_alpha", "\"much\"")]
    [InlineData("rank_pattern", "{\"q_proj\": 3}")]
    [InlineData("rank_pattern", "{\"(\": 4}")]
    [InlineData("rank_pattern", "{\"q_proj\": -1}")]
    public void Open_BadConfiguration_NamesTheFile(string field, string value)
    {
        WriteWeights();
        var path = _folder.File("adapter_config.json");
        var config = JsonNode.Parse(File.ReadAllText(path))!;
        config[field] = JsonNode.Parse(value);
        File.WriteAllText(path, config.ToJsonString());
        AssertRefused("MODEL_FILE_", _folder.Path);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{")]
    public void Open_ConfigurationThatIsNoObject_IsATypedError(string json)
    {
        WriteWeights();
        File.WriteAllText(_folder.File("adapter_config.json"), json);
        AssertRefused("MODEL_FILE_INVALID", "adapter_config.json");
    }

    [Fact]
    public void Open_MissingFiles_AreNamed()
    {
        AssertRefused("MODEL_FILE_MISSING", "adapter_model.safetensors");
        WriteWeights();
        File.Delete(_folder.File("adapter_config.json"));
        AssertRefused("MODEL_FILE_MISSING", "adapter_config.json");
    }

    [Fact]
    public void Open_HalfOfAPair_IsNamed()
    {
        _tensors.Remove(ModuleB);
        AssertWeightsRefused("MODEL_FILE_INVALID", ModuleA);
    }

    [Fact]
    public void Open_OtherHalfOfAPair_IsNamed()
    {
        _tensors.Remove(ModuleA);
        AssertWeightsRefused("MODEL_FILE_INVALID", ModuleB);
    }

    [Fact]
    public void Open_RanksThatDiffer_AreNamed()
    {
        _tensors[ModuleA] = ([3, 64], new float[3 * 64]);
        AssertWeightsRefused("MODEL_FILE_INVALID", "q_proj");
    }

    [Fact]
    public void Open_TensorThatIsNoMatrix_IsNamed()
    {
        _tensors[ModuleA] = ([4 * 64], new float[4 * 64]);
        AssertWeightsRefused("MODEL_FILE_INVALID", "q_proj");
    }

    [Fact]
    public void Open_TensorOfAnotherKind_IsNamed()
    {
        _tensors.Add("base_model.model.model.embed_tokens.lora_embedding_A", ([4, 4], new float[16]));
        AssertWeightsRefused("MODEL_FILE_UNSUPPORTED", "lora_embedding_A");
    }

    [Fact]
    public void Open_ModuleUnderTwoNames_IsRefused()
    {
        _tensors.Add(ModuleA["base_model.model.".Length..], _tensors[ModuleA]);
        _tensors.Add(ModuleB["base_model.model.".Length..], _tensors[ModuleB]);
        AssertWeightsRefused("MODEL_FILE_INVALID", "q_proj");
    }

    [Fact]
    public void Open_NoTensors_IsRefused()
    {
        _tensors.Clear();
        AssertWeightsRefused("MODEL_FILE_INVALID", "adapter_model.safetensors");
    }

    [Fact]
    public void Open_FileCutAnywhere_IsATypedError()
    {
        WriteWeights();
        var path = _folder.File("adapter_model.safetensors");
        var bytes = File.ReadAllBytes(path);
        for (var length = 0; length < bytes.Length; length += 1409)
        {
            File.WriteAllBytes(path, bytes.AsSpan(0, length));
            AssertRefused("MODEL_FILE_", path);
        }
    }

    [Fact]
    public void Import_AdapterOfAnotherBase_SaysWhatDoesNotFit()
    {
        var other = TestFiles.TryShared("fixtures", "models", "qwen3");
        Assert.SkipWhen(other is null, "The reference folder is absent.");
        WriteWeights();
        var exception = Assert.Throws<InferenceException>(() => ModelImporter.Import(
            new ModelImportRequest { SourcePath = other, AdapterPath = _folder.Path, Bits = 32 }, _folder.File("model"), null, TestContext.Current.CancellationToken));
        Assert.Equal("ADAPTER_BASE_MISMATCH", exception.Reason);
        Assert.False(Directory.Exists(_folder.File("model")));
    }

    private static string Fixture()
    {
        var path = TestFiles.TryShared("fixtures", "models", "llama-lora");
        Assert.SkipWhen(path is null, "The reference folder is absent.");
        return path;
    }

    private void WriteWeights() => SafetensorsWriter.Write(_folder.File("adapter_model.safetensors"), _tensors);

    private void AssertWeightsRefused(string reason, string named)
    {
        WriteWeights();
        AssertRefused(reason, named);
    }

    private void AssertRefused(string reason, string named)
    {
        var exception = Assert.Throws<InferenceException>(() => LoraAdapter.Open(_folder.Path));
        Assert.StartsWith(reason, exception.Reason, StringComparison.Ordinal);
        Assert.Contains(named, exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', exception.Message);
    }
}
