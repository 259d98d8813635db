using System.Numerics.Tensors;
using TaskServices.Inference.Adapters;
using TaskServices.Inference.Models;
using TaskServices.Inference.Tests.Models;
using TaskServices.Testing;

namespace TaskServices.Inference.Tests.Adapters;

/// <summary>Adapters added while the model runs, against reference logits and against the adapter merged into the weights.</summary>
public sealed class AdapterSessionTests : IDisposable
{
    private static readonly int[] Prompt = [5, 17, 33, 80, 2, 9, 41];

    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Run_AdapterAtRunTime_AgreesWithTheReference()
    {
        var adapter = Fixture("llama-lora");
        using var session = Open(Import(32));
        var result = ModelCheck.Run(session.WithAdapter(adapter), Path.Combine(adapter, "expected.json"));
        Assert.True(result.Passed, result.ToString());
    }

    [Fact]
    public void Run_AdapterLoadedButNotUsed_AgreesWithTheBaseModelBitwise()
    {
        var directory = Import(8);
        using var plain = ModelSession.Open(directory, new ModelSessionOptions { SlotCount = 1, SlotCapacity = 64 });
        using var session = Open(directory);
        session.WithAdapter(Fixture("llama-lora"));
        var (expected, actual) = (new float[Prompt.Length * plain.VocabularySize], new float[Prompt.Length * plain.VocabularySize]);
        plain.Extend(0, 0, Prompt, expected);
        session.Extend(0, 0, Prompt, actual);
        Assert.Equal(expected, actual);
        plain.Decode([3], [Prompt.Length], expected.AsSpan(0, plain.VocabularySize));
        session.Decode([3], [Prompt.Length], actual.AsSpan(0, plain.VocabularySize));
        Assert.Equal(expected, actual);
    }

    [Fact]
    public void Run_EightBits_IsAsCloseToFp32AsTheMergedAdapter()
    {
        var adapter = Fixture("llama-lora");
        using var exact = ModelSession.Open(Import(32, adapter), new ModelSessionOptions { SlotCount = 1, SlotCapacity = 64 });
        using var merged = ModelSession.Open(Import(8, adapter), new ModelSessionOptions { SlotCount = 1, SlotCapacity = 64 });
        using var session = Open(Import(8));
        var (expected, mergedLogits, actual, bare) = (Logits(exact), Logits(merged), Logits(session.WithAdapter(adapter)), Logits(session));
        var error = TensorPrimitives.Distance<float>(expected, actual);
        Assert.InRange(error, 0, 1.5f * TensorPrimitives.Distance<float>(expected, mergedLogits));
        Assert.InRange(error, 0, 0.2f * TensorPrimitives.Distance<float>(expected, bare));
    }

    [Theory]
    [InlineData(32)]
    [InlineData(8)]
    public void Decode_RowsOfOtherAdapters_AreBitwiseThoseOfEachAlone(int bits)
    {
        using var session = Open(Import(bits));
        var adapters = (IAdapterSession)session;
        using var file = LoraAdapter.Open(Fixture("llama-lora"));
        var (one, other) = (adapters.LoadAdapter(file, long.MaxValue), adapters.LoadAdapter(file, long.MaxValue));
        AdapterHandle?[] handles = [one, null, other, other, one, one, one, null];
        var vocabulary = session.VocabularySize;
        int[] lengths = [7, 3, 5, 6, 1, 2, 4, 7];
        int[] tokens = [1, 2, 3, 4, 5, 6, 7, 8];
        var alone = new float[8][];
        for (var row = 0; row < 8; row++)
        {
            adapters.Extend(0, 0, Prompt.AsSpan(0, lengths[row]), handles[row], []);
            adapters.Decode(tokens.AsSpan(row, 1), lengths.AsSpan(row, 1), handles.AsSpan(row, 1), alone[row] = new float[vocabulary]);
        }

        for (var row = 0; row < 8; row++)
        {
            adapters.Extend(row, 0, Prompt.AsSpan(0, lengths[row]), handles[row], []);
        }

        var together = new float[8 * vocabulary];
        adapters.Decode(tokens, lengths, handles, together);
        for (var row = 0; row < 8; row++)
        {
            Assert.True(together.AsSpan(row * vocabulary, vocabulary).SequenceEqual(alone[row]), $"row {row} depends on its batch");
        }
    }

    [Fact]
    public void LoadAdapter_AnotherBase_IsRefusedWithTheMatrix()
    {
        using var session = Open(Import(32, source: "qwen3"));
        var failure = Assert.Throws<InferenceException>(() => session.WithAdapter(Fixture("llama-lora")));
        Assert.Equal("ADAPTER_BASE_MISMATCH", failure.Reason);
        Assert.Contains("qwen3", failure.Message, StringComparison.Ordinal);
        Assert.Contains("model.layers.0.", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void LoadAdapter_SessionWithoutAdapters_IsRefused()
    {
        using var session = ModelSession.Open(Import(32), new ModelSessionOptions { SlotCount = 1, SlotCapacity = 64 });
        Assert.Equal("ADAPTER_UNSUPPORTED", Assert.Throws<InferenceException>(() => session.WithAdapter(Fixture("llama-lora"))).Reason);
    }

    public void Dispose() => _folder.Dispose();

    private static string Fixture(string name)
    {
        var path = TestFiles.TryShared("fixtures", "models", name);
        Assert.SkipWhen(path is null, "The reference folder is absent.");
        return path;
    }

    private static float[] Logits(IModelSession session)
    {
        var logits = new float[Prompt.Length * session.VocabularySize];
        session.Extend(0, 0, Prompt, logits);
        return logits;
    }

    private static ModelSession Open(string directory) =>
        ModelSession.Open(directory, new ModelSessionOptions { SlotCount = 8, SlotCapacity = 64, TakesAdapters = true });

    private string Import(int bits, string? adapter = null, string source = "llama") => new ModelStore(_folder.Path).GetOrImport(
        new ModelImportRequest { SourcePath = Fixture(source), AdapterPath = adapter, Bits = bits }, null, TestContext.Current.CancellationToken);
}
