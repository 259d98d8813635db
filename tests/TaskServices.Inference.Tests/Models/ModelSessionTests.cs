using System.Numerics.Tensors;
using TaskServices.Inference.Models;

namespace TaskServices.Inference.Tests.Models;

public sealed class ModelSessionTests(BundledModel model) : IClassFixture<BundledModel>
{
    private static readonly int[] Prompt = [504, 3575, 282, 4649, 314, 7042, 30, 198, 1462, 23400, 253, 1646];

    [Fact]
    public void Decode_RowsShareABatch_AreBitwiseThoseOfEachAlone()
    {
        using var session = model.Open();
        var vocabulary = session.VocabularySize;
        int[] lengths = [12, 3, 7, 5];
        int[] tokens = [30, 198, 253, 314];
        var alone = new float[4][];
        for (var row = 0; row < 4; row++)
        {
            session.Extend(0, 0, Prompt.AsSpan(0, lengths[row]), []);
            session.Decode(tokens.AsSpan(row, 1), lengths.AsSpan(row, 1), alone[row] = new float[vocabulary]);
        }

        for (var row = 0; row < 4; row++)
        {
            session.Extend(row, 0, Prompt.AsSpan(0, lengths[row]), []);
        }

        var together = new float[4 * vocabulary];
        session.Decode(tokens, lengths, together);
        for (var row = 0; row < 4; row++)
        {
            Assert.True(together.AsSpan(row * vocabulary, vocabulary).SequenceEqual(alone[row]), $"row {row} depends on its batch");
        }
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(12)]
    public void Extend_InChunks_GivesTheSameLogits(int chunkTokens)
    {
        using var whole = model.Open(slotCount: 1);
        using var chunked = model.Open(slotCount: 2, chunkTokens: chunkTokens);
        var (expected, actual) = (new float[3 * whole.VocabularySize], new float[3 * whole.VocabularySize]);
        whole.Extend(0, 0, Prompt, expected);
        chunked.Extend(1, 0, Prompt, actual);
        Assert.Equal(expected, actual);
    }

    [Fact]
    public void Extend_AfterPast_ContinuesTheSequence()
    {
        using var session = model.Open(slotCount: 2);
        var (expected, actual) = (new float[session.VocabularySize], new float[session.VocabularySize]);
        session.Extend(0, 0, Prompt, expected);
        session.Extend(1, 0, Prompt.AsSpan(0, 7), []);
        session.Extend(1, 7, Prompt.AsSpan(7, 2), []);
        session.Extend(1, 9, Prompt.AsSpan(9), actual);
        Assert.InRange(LargestDifference(expected, actual), 0, 1e-4);
    }

    [Fact]
    public void RestoreSlot_PartOfWhatWasSaved_ContinuesAsTheOriginal()
    {
        using var session = model.Open(slotCount: 3);
        var logits = new float[3][];
        session.Extend(0, 0, Prompt, []);
        var saved = new byte[Prompt.Length * session.KvBytesPerToken];
        session.SaveSlot(0, Prompt.Length, saved);
        session.RestoreSlot(1, saved, Prompt.Length, 7);
        session.CopySlot(0, 2, 7);
        for (var slot = 0; slot < 3; slot++)
        {
            session.Extend(slot, 7, [42], logits[slot] = new float[session.VocabularySize]);
        }

        Assert.Equal(logits[0], logits[1]);
        Assert.Equal(logits[0], logits[2]);
    }

    [Fact]
    public void Decode_ManySteps_AllocatesLittle()
    {
        using var session = model.Open(slotCount: 2);
        var logits = new float[2 * session.VocabularySize];
        session.Decode([1, 2], [0, 0], logits);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var step = 1; step <= 10; step++)
        {
            session.Decode([1, 2], [step, step], logits);
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 10 * 4096);
    }

    [Fact]
    public void Extend_BadArguments_ThrowBeforeAnythingIsWritten()
    {
        using var session = model.Open(slotCount: 2, slotCapacity: 16);
        var (before, after) = (new byte[4 * session.KvBytesPerToken], new byte[4 * session.KvBytesPerToken]);
        session.Extend(0, 0, Prompt.AsSpan(0, 4), []);
        session.SaveSlot(0, 4, before);
        Assert.ThrowsAny<ArgumentException>(() => session.Extend(0, 0, [], []));
        Assert.ThrowsAny<ArgumentException>(() => session.Extend(2, 0, [1], []));
        Assert.ThrowsAny<ArgumentException>(() => session.Extend(0, -1, [1], []));
        Assert.ThrowsAny<ArgumentException>(() => session.Extend(0, 5, Prompt, []));
        Assert.ThrowsAny<ArgumentException>(() => session.Extend(0, 0, [1, -1], []));
        Assert.ThrowsAny<ArgumentException>(() => session.Extend(0, 0, [session.VocabularySize], []));
        Assert.ThrowsAny<ArgumentException>(() => session.Extend(0, 0, [1], new float[7]));
        Assert.ThrowsAny<ArgumentException>(() => session.Decode([1, 1, 1], [0, 0, 0], new float[3 * session.VocabularySize]));
        Assert.ThrowsAny<ArgumentException>(() => session.Decode([1], [16], new float[session.VocabularySize]));
        session.SaveSlot(0, 4, after);
        Assert.Equal(before, after);
    }

    [Fact]
    public void Open_CudaOnAMachineWithoutIt_FallsBackToTheCpuWithAReason()
    {
        using var session = ModelSession.Open(model.Directory, new ModelSessionOptions { SlotCount = 1, SlotCapacity = 16, Provider = ExecutionProviderChoice.Cuda });
        Assert.SkipWhen(session.UsesCuda, "This machine has a CUDA device.");
        Assert.False(string.IsNullOrEmpty(session.FallbackReason));
        var logits = new float[session.VocabularySize];
        session.Extend(0, 0, [1], logits);
        Assert.NotEqual(0, TensorPrimitives.Norm<float>(logits));
    }

    [Fact]
    public void Open_NoModelDirectory_IsATypedError() =>
        Assert.Equal("MODEL_NOT_IMPORTED", Assert.Throws<InferenceException>(() => ModelSession.Open("/nowhere", new ModelSessionOptions())).Reason);

    private static float LargestDifference(float[] left, float[] right)
    {
        TensorPrimitives.Subtract(left, right, left);
        return TensorPrimitives.MaxMagnitude(left) is var difference ? MathF.Abs(difference) : 0;
    }
}
