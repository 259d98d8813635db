using TaskServices.Inference.Models;
using TaskServices.Inference.Scheduling;
using TaskServices.Inference.Tests.Models;
using TaskServices.Testing;

namespace TaskServices.Inference.Tests.Scheduling;

public sealed class RunLengthTests
{
    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(17)]
    [InlineData(256)]
    public void Next_AnyNumber_NeverLeavesARowAlone(int limit)
    {
        for (var pending = 2; pending < 4 * limit; pending++)
        {
            var rest = pending;
            while (rest > 0)
            {
                var next = RunLength.Next(rest, limit);
                Assert.InRange(next, 2, limit);
                Assert.NotEqual(1, next % 16);
                rest -= next;
            }

            Assert.Equal(0, rest);
        }
    }

    [Theory]
    [InlineData("llama", 8)]
    [InlineData("llama", 32)]
    [InlineData("qwen3", 8)]
    [InlineData("phi", 32)]
    public void Extend_CutAnywhere_GivesTheSameBits(string name, int bits)
    {
        var source = TestFiles.TryShared("fixtures", "models", name);
        Assert.SkipWhen(source is null, "The reference folder is absent.");
        using var folder = new TemporaryFolder();
        var directory = folder.File("model");
        ModelImporter.Import(new ModelImportRequest { SourcePath = source, Bits = bits }, directory, null, TestContext.Current.CancellationToken);
        using var session = ModelSession.Open(directory, new ModelSessionOptions { SlotCount = 1, SlotCapacity = 160 });
        var random = new Random(1);
        var (expected, actual) = (new float[session.VocabularySize], new float[session.VocabularySize]);
        foreach (var length in new[] { 17, 33, 40, 65, 133, 160 })
        {
            var tokens = Enumerable.Range(0, length).Select(_ => random.Next(session.VocabularySize)).ToArray();
            session.Extend(0, 0, tokens, expected);
            for (var cut = 2; cut < length - 1; cut++)
            {
                session.Extend(0, 0, tokens.AsSpan(0, cut), []);
                session.Extend(0, cut, tokens.AsSpan(cut), actual);
                Assert.Equal(expected, actual);
            }
        }
    }
}
