using TaskServices.Inference.Models;
using TaskServices.Testing;

namespace TaskServices.Inference.Tests.Models;

public sealed class MixtureOfExpertsTests : IDisposable
{
    private static readonly int[] Prompt = [5, 81, 17, 200, 3, 64, 9, 120, 33, 7, 250, 18];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(4)]
    [InlineData(8)]
    public void Decode_RowsWithOtherExperts_AreBitwiseThoseOfEachAlone(int bits)
    {
        using var session = Open(bits);
        int[] tokens = [11, 97, 201, 42];
        int[] lengths = [12, 3, 7, 5];
        var vocabulary = session.VocabularySize;
        var alone = new float[4 * vocabulary];
        for (var row = 0; row < 4; row++)
        {
            session.Extend(0, 0, Prompt.AsSpan(0, lengths[row]), []);
            session.Decode(tokens.AsSpan(row, 1), lengths.AsSpan(row, 1), alone.AsSpan(row * vocabulary, vocabulary));
        }

        for (var row = 0; row < 4; row++)
        {
            session.Extend(row, 0, Prompt.AsSpan(0, lengths[row]), []);
        }

        var together = new float[4 * vocabulary];
        session.Decode(tokens, lengths, together);
        Assert.Equal(alone, together);
    }

    [Fact]
    public void Import_OneTensorAnExpert_IsTheSameModelAsStackedExperts()
    {
        CheckpointAsGguf.Convert(Fixture(), _folder.File("stacked.gguf"));
        CheckpointAsGguf.Convert(Fixture(), _folder.File("single.gguf"), writer =>
        {
            foreach (var (layer, matrix) in new[] { 0, 1 }.SelectMany(_ => new[] { "gate", "up", "down" }, (layer, matrix) => (layer, matrix)))
            {
                writer.Replace(
                    $"blk.{layer}.ffn_{matrix}_exps.weight",
                    (shape, data) => Enumerable.Range(0, 4).Select(expert => ($"blk.{layer}.ffn_{matrix}.{expert}.weight", shape[1..], data[(expert * data.Length / 4)..((expert + 1) * data.Length / 4)])));
            }
        });
        Import(_folder.File("stacked.gguf"), "stacked", 32);
        Import(_folder.File("single.gguf"), "single", 32);
        Assert.Equal(File.ReadAllBytes(_folder.File("stacked", "model.onnx.data")), File.ReadAllBytes(_folder.File("single", "model.onnx.data")));
    }

    [Theory]
    [InlineData("llama.expert_count", 3)]
    [InlineData("llama.expert_used_count", 5)]
    public void Import_CountsThatDoNotFit_AreTypedErrors(string key, int value)
    {
        CheckpointAsGguf.Convert(Fixture(), _folder.File("model.gguf"), writer => writer.Add(key, value));
        Assert.Equal("MODEL_FILE_INVALID", Assert.Throws<InferenceException>(() => Import(_folder.File("model.gguf"), "model", 32)).Reason);
    }

    private static string Fixture()
    {
        var path = TestFiles.TryShared("fixtures", "models", "mixtral");
        Assert.SkipWhen(path is null, "The reference folder is absent.");
        return path;
    }

    private void Import(string source, string name, int bits) =>
        ModelImporter.Import(new ModelImportRequest { SourcePath = source, Bits = bits }, _folder.File(name), null, TestContext.Current.CancellationToken);

    private ModelSession Open(int bits)
    {
        Import(Fixture(), "model", bits);
        return ModelSession.Open(_folder.File("model"), new ModelSessionOptions { SlotCount = 4, SlotCapacity = 32 });
    }
}
