using System.Buffers.Binary;
using TaskServices.Inference.Models;
using TaskServices.Inference.Onnx;
using TaskServices.Testing;

namespace TaskServices.Inference.Tests.Models;

public sealed class FourBitImportTests : IDisposable
{
    private const uint Q4_0 = 2;

    private static readonly int[] Prompt = [5, 17, 33, 80, 2, 9, 41];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Import_Q4_0_NeedsNoRestsAndIsNearFp32OfTheSameFile()
    {
        WriteQ4_0();
        Assert.DoesNotContain(Import("four", 4).Graph.Node, node => node.OpType == "Concat");
        Import("exact", 32);
        var (expected, actual) = (Logits("exact"), Logits("four"));
        var deviation = Math.Sqrt(expected.Average(value => value * value));

        // The weights are the same; what differs is that the runtime rounds activations to eight bits.
        Assert.InRange(expected.Zip(actual, (one, other) => Math.Abs(one - other)).Max() / deviation, 0, 0.15);
    }

    [Fact]
    public void Import_Fp32Checkpoint_KeepsRests()
    {
        Assert.Contains(Import("four", 4, Fixture()).Graph.Node, node => node.OpType == "Concat");
        using var session = ModelSession.Open(_folder.File("four"), new ModelSessionOptions { SlotCount = 1, SlotCapacity = 16 });
        Assert.Equal(4, session.Manifest.Bits);
    }

    private static string Fixture()
    {
        var path = TestFiles.TryShared("fixtures", "models", "llama");
        Assert.SkipWhen(path is null, "The reference folder is absent.");
        return path;
    }

    private ModelProto Import(string name, int bits, string? source = null)
    {
        ModelImporter.Import(
            new ModelImportRequest { SourcePath = source ?? _folder.File("model.gguf"), Bits = bits }, _folder.File(name), null, TestContext.Current.CancellationToken);
        return ModelProto.Parser.ParseFrom(File.ReadAllBytes(_folder.File(name, "model.onnx")));
    }

    private float[] Logits(string name)
    {
        using var session = ModelSession.Open(_folder.File(name), new ModelSessionOptions { SlotCount = 1, SlotCapacity = 16 });
        var logits = new float[session.VocabularySize];
        session.Extend(0, 0, Prompt, logits);
        return logits;
    }

    private void WriteQ4_0()
    {
        CheckpointAsGguf.Convert(Fixture(), _folder.File("plain.gguf"));
        using var plain = GgufFile.Open(_folder.File("plain.gguf"));
        var writer = new GgufWriter();
        foreach (var (key, value) in plain.Metadata)
        {
            writer.Add(key, value switch { ulong number => (int)number, double number => (float)number, _ => value });
        }

        foreach (var tensor in plain.Tensors.Values)
        {
            var values = new float[tensor.Rows * tensor.Columns];
            plain.ReadRows(tensor.Name, 0, values);
            if (tensor.Shape.Count == 1)
            {
                writer.Add(tensor.Name, [.. tensor.Shape], values);
            }
            else
            {
                writer.Add(tensor.Name, [.. tensor.Shape], Q4_0, [.. values.Chunk(32).SelectMany(Block)]);
            }
        }

        writer.Write(_folder.File("model.gguf"));
    }

    private static byte[] Block(float[] values)
    {
        var bytes = new byte[18];
        var scale = (Half)(values.MaxBy(MathF.Abs) / -8);
        BinaryPrimitives.WriteHalfLittleEndian(bytes, scale);
        for (var i = 0; i < 32; i++)
        {
            var level = Math.Clamp((int)MathF.Round(values[i] / (float)scale) + 8, 0, 15);
            bytes[2 + (i % 16)] |= (byte)(level << (i / 16 * 4));
        }

        return bytes;
    }
}
