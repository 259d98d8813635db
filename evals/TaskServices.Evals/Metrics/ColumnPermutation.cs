namespace TaskServices.Evals.Metrics;

/// <summary>Searches one permutation of the columns, the same for all rows, that makes two results equal.</summary>
/// <remarks>
/// The official code tries every permutation that survives a random sample of rows, which explodes for wide results. Here a
/// gold column is only mapped to a column with the same multiset of values (with order: the same sequence), columns are added one
/// by one, and a partial mapping is dropped as soon as the multisets of partial rows differ. The answer is the same.
/// </remarks>
internal static class ColumnPermutation
{
    /// <summary>Cells looked at before the search gives up: 200,000 partial mappings of a result with 1,000 rows.</summary>
    private const long CellBudget = 200_000_000;

    /// <param name="gold">At least one row; <paramref name="predicted"/> has as many rows and columns.</param>
    /// <exception cref="ColumnSearchLimitException">The bound was reached before an answer.</exception>
    public static bool Exists(IReadOnlyList<object?[]> gold, IReadOnlyList<object?[]> predicted, bool orderMatters)
    {
        var numbers = new Dictionary<object, int>(); // equal cells get equal numbers, so that the search compares integers
        var goldColumns = Columns(gold, numbers);
        var predictedColumns = Columns(predicted, numbers);
        return orderMatters ? SameColumns(goldColumns, predictedColumns) : new Search(goldColumns, predictedColumns).Run();
    }

    private static int[][] Columns(IReadOnlyList<object?[]> rows, Dictionary<object, int> numbers)
    {
        var columns = new int[rows[0].Length][];
        for (var column = 0; column < columns.Length; column++)
        {
            columns[column] = new int[rows.Count];
            for (var row = 0; row < rows.Count; row++)
            {
                var value = CellValue.Normalize(rows[row][column]);
                if (!numbers.TryGetValue(value, out var number))
                    numbers.Add(value, number = numbers.Count);
                columns[column][row] = number;
            }
        }

        return columns;
    }

    /// <summary>With order, columns do not depend on each other: the two multisets of columns must be equal.</summary>
    private static bool SameColumns(int[][] gold, int[][] predicted)
    {
        var left = predicted.ToList();
        foreach (var column in gold)
        {
            var index = left.FindIndex(other => other.AsSpan().SequenceEqual(column));
            if (index < 0)
                return false;
            left.RemoveAt(index);
        }

        return true;
    }

    private sealed class Search
    {
        private readonly int[][] _gold;
        private readonly int[][] _predicted;
        private readonly int[][] _candidates;
        private readonly bool[] _used;
        private long _cellsLeft = CellBudget;

        public Search(int[][] gold, int[][] predicted)
        {
            var goldSorted = Array.ConvertAll(gold, Sorted);
            var predictedSorted = Array.ConvertAll(predicted, Sorted);
            var candidates = Array.ConvertAll(
                goldSorted,
                column => Enumerable.Range(0, predicted.Length).Where(i => predictedSorted[i].AsSpan().SequenceEqual(column)).ToArray());
            var order = Enumerable.Range(0, gold.Length)
                .OrderBy(i => candidates[i].Length).ThenByDescending(i => gold[i].Distinct().Count()).ToArray();
            _gold = Array.ConvertAll(order, i => gold[i]);
            _candidates = Array.ConvertAll(order, i => candidates[i]);
            _predicted = predicted;
            _used = new bool[predicted.Length];
        }

        public bool Run() => _candidates.All(candidates => candidates.Length > 0)
            && Extend(0, new int[_gold[0].Length], new int[_gold[0].Length]);

        /// <param name="goldClasses">For each gold row the number of its class: rows that agree in the columns mapped so far.</param>
        /// <param name="predictedClasses">The same for the predicted rows; equal numbers mean equal partial rows.</param>
        private bool Extend(int depth, int[] goldClasses, int[] predictedClasses)
        {
            if (depth == _gold.Length)
                return true;

            var tried = new List<int[]>();
            foreach (var candidate in _candidates[depth])
            {
                var column = _predicted[candidate];
                if (_used[candidate] || tried.Exists(other => other.AsSpan().SequenceEqual(column)))
                    continue; // a column with the same values leads to the same end
                tried.Add(column);
                if (Refine(goldClasses, _gold[depth], predictedClasses, column) is not var (nextGold, nextPredicted))
                    continue;
                _used[candidate] = true;
                if (Extend(depth + 1, nextGold, nextPredicted))
                    return true;
                _used[candidate] = false;
            }

            return false;
        }

        private (int[] Gold, int[] Predicted)? Refine(int[] goldClasses, int[] gold, int[] predictedClasses, int[] predicted)
        {
            _cellsLeft -= 2 * gold.Length;
            if (_cellsLeft < 0)
                throw new ColumnSearchLimitException();

            var classes = new Dictionary<(int Class, int Value), int>();
            var counts = new List<int>();
            var nextGold = new int[gold.Length];
            for (var row = 0; row < gold.Length; row++)
            {
                if (!classes.TryGetValue((goldClasses[row], gold[row]), out var number))
                {
                    classes.Add((goldClasses[row], gold[row]), number = counts.Count);
                    counts.Add(0);
                }

                counts[number]++;
                nextGold[row] = number;
            }

            var nextPredicted = new int[gold.Length];
            for (var row = 0; row < gold.Length; row++)
            {
                if (!classes.TryGetValue((predictedClasses[row], predicted[row]), out var number) || --counts[number] < 0)
                    return null;
                nextPredicted[row] = number;
            }

            return (nextGold, nextPredicted);
        }

        private static int[] Sorted(int[] column)
        {
            var sorted = (int[])column.Clone();
            Array.Sort(sorted);
            return sorted;
        }
    }
}

/// <summary>The search for a column permutation reached its bound; the prediction counts as wrong and the report says why.</summary>
internal sealed class ColumnSearchLimitException() : Exception("The column permutation search reached its bound.");
