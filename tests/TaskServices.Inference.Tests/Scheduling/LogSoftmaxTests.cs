using TaskServices.Inference.Scheduling;

namespace TaskServices.Inference.Tests.Scheduling;

public sealed class LogSoftmaxTests
{
    [Theory]
    [InlineData(7)]
    [InlineData(288)]
    [InlineData(5000)]
    public void Normalize_AnyPlaceInMemory_GivesTheSameBits(int length)
    {
        var random = new Random(length);
        var logits = Enumerable.Range(0, length).Select(_ => (float)random.NextDouble() * 20).ToArray();
        var expected = LogSoftmax.Normalize(logits);
        for (var offset = 0; offset < 40; offset++)
        {
            var buffer = new float[length + offset];
            logits.CopyTo(buffer, offset);
            Assert.Equal(expected, LogSoftmax.Normalize(buffer.AsSpan(offset)));
        }

        Assert.Equal(Math.Log(logits.Sum(x => Math.Exp(x))), expected.LogNormalizer, tolerance: 1e-5);
    }
}
