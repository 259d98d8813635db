using CsCheck;
using TaskServices.Inference.Adapters;
using TaskServices.Inference.Adapters.Kernels;
using TaskServices.Inference.Tests.Models;

namespace TaskServices.Inference.Tests.Adapters;

/// <summary>The arithmetic of an update against plain sums in double precision, at every odd size.</summary>
public sealed class LoraUpdateTests
{
    [Fact]
    public void Add_AnySize_IsTheUpdateAndNeverDependsOnOtherRows()
    {
        var sizes = from rank in Gen.Int[1, 70] from inputs in Gen.Int[1, 80] from outputs in Gen.Int[1, 90] from rows in Gen.Int[1, 11] from half in Gen.Bool select (rank, inputs, outputs, rows, half);
        sizes.Sample(size => Check(size.rank, size.inputs, size.outputs, size.rows, size.half), iter: 200);
    }

    private static unsafe void Check(int rank, int inputs, int outputs, int rows, bool asBFloat16)
    {
        using var folder = new TemporaryFolder();
        var random = new Random(rank + (inputs * 100) + (outputs * 10_000));
        var (a, b) = (Values(random, rank * inputs), Values(random, outputs * rank));
        LoraAdapterWriter.Write(
            folder.File("adapter"),
            new LoraDescription("base", rank, 3 * rank, ["m"]),
            [new("m.lora_A.weight", [rank, inputs], a), new("m.lora_B.weight", [outputs, rank], b)],
            asBFloat16);
        using var adapter = LoraAdapter.Open(folder.File("adapter"));
        (a, b) = adapter.Read(adapter.Targets["m"]);
        using var weights = AdapterWeights.Load(adapter, [new AdaptedProduct("y", "x", inputs, outputs, [new AdaptedPart("m", outputs, 0, outputs, null)])], long.MaxValue);
        ref var update = ref weights.UpdatesOf(0)[0];
        var (x, y) = (Values(random, rows * inputs), Values(random, rows * outputs));
        var together = y.ToArray();
        fixed (float* input = x, sums = together)
        {
            update.Add(input, sums, outputs, rows);
            for (var row = 0; row < rows; row++)
            {
                var alone = y.AsSpan(row * outputs, outputs).ToArray();
                fixed (float* single = alone)
                {
                    update.Add(input + (row * inputs), single, outputs, 1);
                }

                Assert.Equal(alone, together[(row * outputs)..((row + 1) * outputs)]);
                for (var column = 0; column < outputs; column++)
                {
                    var expected = (double)y[(row * outputs) + column];
                    for (var j = 0; j < rank; j++)
                    {
                        var hidden = Enumerable.Range(0, inputs).Sum(k => (double)x[(row * inputs) + k] * a[(j * inputs) + k]);
                        expected += 3 * hidden * b[(column * rank) + j];
                    }

                    Assert.Equal(expected, alone[column], 1e-3 * Math.Sqrt(rank * inputs));
                }
            }
        }
    }

    private static float[] Values(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() - 0.5f)];
}
