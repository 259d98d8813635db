using CsCheck;
using TaskServices.Evals.Metrics;

namespace TaskServices.Evals.Tests.Metrics;

public sealed class ColumnPermutationTests
{
    /// <summary>Few distinct values and few columns, so that near misses are frequent and brute force is possible.</summary>
    private static readonly Gen<(object?[][] Gold, object?[][] Predicted)> Tables =
        from width in Gen.Int[1, 4]
        from height in Gen.Int[1, 5]
        from gold in Gen.Long[0, 2].Array[width].Array[height]
        from other in Gen.Long[0, 2].Array[width].Array[height]
        from shuffled in Gen.Shuffle(Enumerable.Range(0, width).ToArray())
        from rows in Gen.Shuffle(gold)
        from related in Gen.Bool
        select (Box(gold), Box(related ? [.. rows.Select(row => shuffled.Select(i => row[i]).ToArray())] : other));

    [Fact]
    public void Exists_AnyTables_AgreesWithTryingEveryPermutation() =>
        Tables.Sample(
            tables =>
            {
                foreach (var orderMatters in new[] { false, true })
                {
                    Assert.Equal(
                        TryEveryPermutation(tables.Gold, tables.Predicted, orderMatters),
                        ColumnPermutation.Exists(tables.Gold, tables.Predicted, orderMatters));
                }
            },
            iter: 5_000);

    private static bool TryEveryPermutation(object?[][] gold, object?[][] predicted, bool orderMatters)
    {
        var goldRows = Text(gold, Enumerable.Range(0, gold[0].Length), orderMatters);
        return Permutations([.. Enumerable.Range(0, gold[0].Length)])
            .Any(permutation => Text(predicted, permutation, orderMatters).SequenceEqual(goldRows));
    }

    private static IEnumerable<string> Text(object?[][] rows, IEnumerable<int> columns, bool orderMatters)
    {
        var text = rows.Select(row => string.Join(',', columns.Select(i => row[i])));
        return orderMatters ? text : text.Order();
    }

    private static IEnumerable<int[]> Permutations(int[] items) => items.Length <= 1
        ? [items]
        : items.SelectMany(first => Permutations([.. items.Where(item => item != first)]).Select(rest => (int[])[first, .. rest]));

    private static object?[][] Box(long[][] rows) => [.. rows.Select(row => row.Select(cell => (object?)cell).ToArray())];
}
