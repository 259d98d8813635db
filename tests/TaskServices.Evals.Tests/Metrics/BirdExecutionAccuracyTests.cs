using TaskServices.Evals.Metrics;

namespace TaskServices.Evals.Tests.Metrics;

public sealed class BirdExecutionAccuracyTests
{
    [Fact]
    public void AreEqual_OtherRowOrderAndDuplicates_True() =>
        Assert.True(BirdExecutionAccuracy.AreEqual([["a", 1L], ["b", 2L]], [["b", 2L], ["a", 1L], ["a", 1L]]));

    [Fact]
    public void AreEqual_PermutedColumns_False() => Assert.False(BirdExecutionAccuracy.AreEqual([["a", 1L]], [[1L, "a"]]));

    [Fact]
    public void AreEqual_IntegerAndEqualFloat_True() => Assert.True(BirdExecutionAccuracy.AreEqual([[1L]], [[1.0]]));

    [Fact]
    public void AreEqual_FloatsApartInLastBit_False() => Assert.False(BirdExecutionAccuracy.AreEqual([[0.3]], [[0.1 + 0.2]]));

    [Fact]
    public void AreEqual_BothEmpty_True() => Assert.True(BirdExecutionAccuracy.AreEqual([], []));
}
