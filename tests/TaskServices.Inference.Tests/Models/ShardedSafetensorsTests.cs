using System.Text.Json;
using TaskServices.Inference.Models;
using TaskServices.Testing;

namespace TaskServices.Inference.Tests.Models;

public sealed class ShardedSafetensorsTests : IDisposable
{
    private const string First = "model-00001-of-00002.safetensors";

    private const string Second = "model-00002-of-00002.safetensors";

    private const string Index = "model.safetensors.index.json";

    private readonly TemporaryFolder _folder = new();

    private readonly Dictionary<string, (long[] Shape, float[] Values)> _tensors = [];

    public ShardedSafetensorsTests()
    {
        using var file = SafetensorsFile.Open(Path.Combine(Fixture(), "model.safetensors"));
        foreach (var tensor in file.Tensors.Values)
        {
            var values = new float[tensor.Rows * tensor.Columns];
            file.ReadRows(tensor.Name, 0, values);
            _tensors.Add(tensor.Name, ([.. tensor.Shape], values));
        }

        Directory.CreateDirectory(_folder.File("sharded"));
        File.Copy(Path.Combine(Fixture(), "config.json"), _folder.File("sharded", "config.json"));
        WriteShards(_tensors.Keys.ToDictionary(name => name, name => name.Contains("layers.1", StringComparison.Ordinal) ? Second : First));
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Import_TwoShards_IsTheSameModelAsOneFile()
    {
        Import(_folder.File("sharded"), "from-shards");
        Import(Fixture(), "from-one");
        Assert.Equal(File.ReadAllBytes(_folder.File("from-one", "model.onnx.data")), File.ReadAllBytes(_folder.File("from-shards", "model.onnx.data")));
    }

    [Fact]
    public void Import_ShardMissing_NamesIt()
    {
        File.Delete(_folder.File("sharded", Second));
        AssertRefused("MODEL_FILE_MISSING", Second);
    }

    [Fact]
    public void Import_IndexMissing_SaysSo()
    {
        File.Delete(_folder.File("sharded", Index));
        AssertRefused("MODEL_FILE_MISSING", Index);
    }

    [Fact]
    public void Import_OneShardAloneByItsName_NamesAMissingTensor()
    {
        var exception = Assert.Throws<InferenceException>(() => Import(_folder.File("sharded", First), "model"));
        Assert.Equal("MODEL_FILE_INVALID", exception.Reason);
        Assert.Contains("blk.1.", exception.Message.Replace("model.layers.1.", "blk.1.", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public void Import_TensorInTwoShards_IsRefused()
    {
        SafetensorsWriter.Write(
            _folder.File("sharded", Second),
            _tensors.Where(pair => pair.Key.Contains("layers.1", StringComparison.Ordinal) || pair.Key == "model.norm.weight").ToDictionary());
        AssertRefused("MODEL_FILE_INVALID", "model.norm.weight");
    }

    [Fact]
    public void Import_IndexNamesTheWrongShard_IsRefused()
    {
        WriteIndex(_tensors.Keys.ToDictionary(name => name, _ => First));
        AssertRefused("MODEL_FILE_INVALID", "layers.1");
    }

    [Theory]
    [InlineData("../model.safetensors")]
    [InlineData("/etc/passwd")]
    [InlineData("")]
    [InlineData(".")]
    public void Import_IndexLeavesTheFolder_IsRefused(string file)
    {
        WriteIndex(new Dictionary<string, string> { ["model.norm.weight"] = file });
        Assert.StartsWith("MODEL_FILE_", Assert.Throws<InferenceException>(() => Import(_folder.File("sharded"), "model")).Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"weight_map": []}""")]
    [InlineData("""{"weight_map": {"a": 1}}""")]
    [InlineData("""{"weight_map": {"a": "x.safetensors", "a": "y.safetensors"}}""")]
    public void Import_BrokenIndex_IsATypedError(string json)
    {
        File.WriteAllText(_folder.File("sharded", Index), json);
        AssertRefused("MODEL_FILE_INVALID", Index);
    }

    private static string Fixture()
    {
        var path = TestFiles.TryShared("fixtures", "models", "llama");
        Assert.SkipWhen(path is null, "The reference folder is absent.");
        return path;
    }

    private void WriteShards(Dictionary<string, string> shards)
    {
        foreach (var shard in shards.GroupBy(pair => pair.Value, pair => pair.Key))
        {
            SafetensorsWriter.Write(_folder.File("sharded", shard.Key), shard.ToDictionary(name => name, name => _tensors[name]));
        }

        WriteIndex(shards);
    }

    private void WriteIndex(Dictionary<string, string> shards) => File.WriteAllText(_folder.File("sharded", Index), JsonSerializer.Serialize(new { weight_map = shards }));

    private void Import(string source, string name) =>
        ModelImporter.Import(new ModelImportRequest { SourcePath = source, Bits = 32 }, _folder.File(name), null, TestContext.Current.CancellationToken);

    private void AssertRefused(string reason, string named)
    {
        var exception = Assert.Throws<InferenceException>(() => Import(_folder.File("sharded"), "model"));
        Assert.Equal(reason, exception.Reason);
        Assert.Contains(named, exception.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.File("model")));
    }
}
