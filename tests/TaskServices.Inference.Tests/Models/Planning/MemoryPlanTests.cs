using CsCheck;
using TaskServices.Inference.Models.Planning;

namespace TaskServices.Inference.Tests.Models.Planning;

public sealed class MemoryPlanTests
{
    private static readonly Gen<MemoryPlan> AnyPlan =
        from shape in Gen.Int[0, PublishedShapes.All.Count - 1]
        from bits in Gen.Int[2, 4].Select(power => 1 << power)
        from isDevice in Gen.Bool
        from context in Gen.Int[16, 2048]
        select new MemoryPlan(PublishedShapes.All[shape], bits, isDevice, context);

    [Fact]
    public void Sequences_OfAnyMemory_FitAndOneMoreDoesNot() => Gen.Select(AnyPlan, Gen.Int[1, 200]).Sample((plan, gigabytes) =>
    {
        var memory = gigabytes * 1_000_000_000L;
        var sequences = plan.Sequences(memory);
        return plan.TotalBytes(sequences + 1) > memory && (sequences == 0 || plan.TotalBytes(sequences) <= memory);
    });

    [Fact]
    public void Total_FewerBits_TakesLess() => AnyPlan.Where(plan => plan.Bits < 16).Sample(plan =>
        plan.WeightBytes < (plan with { Bits = 2 * plan.Bits }).WeightBytes
        && (plan with { IsDevice = true }).SequenceBytes * 2 == (plan with { IsDevice = false }).SequenceBytes);

    /// <summary>Lower and upper bounds that anybody can work out: the bits of the weights, and those of a 7B model on a 16 GB card.</summary>
    [Fact]
    public void WeightBytes_SevenBillionParametersOnADevice_AreTheirBits()
    {
        var shape = PublishedShapes.Find("Llama-2-7B")!;
        Assert.InRange(new MemoryPlan(shape, 16, true, 4096).WeightBytes / 1e9, 13.4, 13.8);
        Assert.InRange(new MemoryPlan(shape, 4, true, 4096).WeightBytes / 1e9, 3.4, 4.4);
        Assert.Equal(0, new MemoryPlan(shape, 16, true, 4096).Sequences(8_000_000_000));
        Assert.True(new MemoryPlan(shape, 4, true, 4096).Sequences(8_000_000_000) > 0);
    }
}
