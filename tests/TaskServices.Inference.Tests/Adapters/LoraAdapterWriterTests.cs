using TaskServices.Inference.Adapters;
using TaskServices.Inference.Tests.Models;

namespace TaskServices.Inference.Tests.Adapters;

public sealed class LoraAdapterWriterTests
{
    private const string Module = "model.layers.0.mlp.down_proj";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Write_Adapter_IsReadBack(bool asBFloat16)
    {
        using var folder = new TemporaryFolder();
        var directory = folder.File("adapter");
        float[] a = [1.5f, -2, 1f / 3, 0, 1e-30f, 7];
        float[] b = [0.1f, 2, -3, 4];
        LoraAdapterWriter.Write(
            directory,
            new LoraDescription("base", 2, 8, ["down_proj"]),
            [
                new($"base_model.model.{Module}.lora_A.weight", [2, 3], a),
                new($"base_model.model.{Module}.lora_B.weight", [2, 2], b),
            ],
            asBFloat16);
        using var adapter = LoraAdapter.Open(directory);
        var target = Assert.Single(adapter.Targets.Values);
        Assert.Equal((Module, 2, 3, 2, 4f), (target.Module, target.Rank, target.InputSize, target.OutputSize, target.Scale));
        Assert.Equal(("base", 2), (adapter.BaseModel, adapter.Rank));
        var (readA, readB) = adapter.Read(target);
        foreach (var (written, read) in a.Concat(b).Zip(readA.Concat(readB)))
        {
            // bfloat16 has eight significant bits.
            Assert.InRange(MathF.Abs(written - read), 0, asBFloat16 ? MathF.Abs(written) / 256 : 0);
        }
    }
}
