using System.Runtime.InteropServices;
using System.Text.Json;
using TaskServices.Inference.Models;
using TaskServices.Testing;

namespace TaskServices.Inference.Tests.Models;

public sealed class GgufFileTests
{
    private const string NoFixtures = "The reference folder is absent.";

    [Fact]
    public void ReadRows_EveryBlockFormat_IsExact()
    {
        var path = TestFiles.TryShared("fixtures", "gguf", "blocks.gguf");
        Assert.SkipWhen(path is null, NoFixtures);
        using var expected = JsonDocument.Parse(File.ReadAllText(Path.Combine(Path.GetDirectoryName(path)!, "blocks.expected.json")));
        using var file = GgufFile.Open(path);
        var checkedTensors = 0;
        foreach (var tensor in expected.RootElement.EnumerateObject())
        {
            var columns = tensor.Value.GetProperty("columns").GetInt32();
            var row = new float[columns];
            foreach (var index in new[] { 0, 2 })
            {
                file.ReadRows(tensor.Name, index, row);
                var hex = tensor.Value.GetProperty("f32_le_hex_row" + index).GetString()!;
                Assert.Equal(Convert.FromHexString(hex), MemoryMarshal.AsBytes<float>(row).ToArray());
            }

            checkedTensors++;
        }

        Assert.Equal(11, checkedTensors);
    }

    [Fact]
    public void Open_BundledModel_ListsItsTensors()
    {
        using var file = GgufFile.Open(TestFiles.InRepository("models", "smollm2-135m-instruct", "SmolLM2-135M-Instruct.Q4_1.gguf"));
        Assert.Equal("llama", file.Architecture);
        Assert.Equal(272, file.Tensors.Count);
        Assert.Equal(30UL, file.Metadata["llama.block_count"]);
        Assert.Equal(49152, Assert.IsType<string[]>(file.Metadata["tokenizer.ggml.tokens"]).Length);
        Assert.Equal([49152, 576], file.Tensors["token_embd.weight"].Shape);
    }

    [Fact]
    public void ReadRows_RowPastTheEnd_Throws()
    {
        using var file = GgufFile.Open(TestFiles.InRepository("models", "smollm2-135m-instruct", "SmolLM2-135M-Instruct.Q4_1.gguf"));
        Assert.Throws<ArgumentOutOfRangeException>(() => file.ReadRows("token_embd.weight", 49152, new float[576]));
        Assert.Equal("MODEL_FILE_INVALID", Assert.Throws<InferenceException>(() => file.ReadRows("absent", 0, new float[1])).Reason);
    }

    [Fact]
    public void Open_FileTruncatedAnywhere_IsATypedError()
    {
        var path = TestFiles.TryShared("fixtures", "gguf", "tiny-llama.gguf");
        Assert.SkipWhen(path is null, NoFixtures);
        var bytes = File.ReadAllBytes(path);
        var copy = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            for (var length = 0; length < bytes.Length - 64; length += 997)
            {
                File.WriteAllBytes(copy, bytes.AsSpan(0, length));
                Assert.Throws<InferenceException>(() => GgufFile.Open(copy).Dispose());
            }
        }
        finally
        {
            File.Delete(copy);
        }
    }

    [Fact]
    public void Open_MissingFile_IsATypedError() =>
        Assert.Equal("MODEL_FILE_MISSING", Assert.Throws<InferenceException>(() => GgufFile.Open("/nowhere/model.gguf")).Reason);
}
