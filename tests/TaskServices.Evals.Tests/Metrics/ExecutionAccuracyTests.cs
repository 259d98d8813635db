using TaskServices.Evals.Metrics;

namespace TaskServices.Evals.Tests.Metrics;

public sealed class ExecutionAccuracyTests
{
    [Fact]
    public void AreEqual_PermutedColumns_True() =>
        AssertEqual([["a", 1L], ["b", 2L]], [[1L, "a"], [2L, "b"]]);

    [Fact]
    public void AreEqual_EachRowPermutedItsOwnWay_False() =>
        AssertDifferent([["a", "b"], ["c", "d"]], [["b", "a"], ["c", "d"]]);

    [Fact]
    public void AreEqual_ColumnMultisetsEqualButRowsPairedOtherwise_False() =>
        AssertDifferent([["a", 1L], ["b", 2L]], [["a", 2L], ["b", 1L]]);

    [Fact]
    public void AreEqual_DuplicateRowAgainstOne_False() => AssertDifferent([["a"], ["a"]], [["a"]]);

    [Fact]
    public void AreEqual_SameSetOtherMultiplicities_False() => AssertDifferent([["a"], ["a"], ["b"]], [["a"], ["b"], ["b"]]);

    [Fact]
    public void AreEqual_IntegerAndEqualFloat_True() => AssertEqual([[1L]], [[1.0]]);

    [Fact]
    public void AreEqual_LargeIntegerAndNearestFloat_False() =>
        AssertDifferent([[9007199254740993L]], [[9007199254740992.0]]);

    [Fact]
    public void AreEqual_FloatsApartInLastBit_False() => AssertDifferent([[0.3]], [[0.1 + 0.2]]);

    [Fact]
    public void AreEqual_TextAndNumber_False() => AssertDifferent([["1"]], [[1L]]);

    [Fact]
    public void AreEqual_NullAndEmptyText_False() => AssertDifferent([[null]], [[""]]);

    [Fact]
    public void AreEqual_NullAndNull_True() => AssertEqual([[null, 1L]], [[1L, null]]);

    [Fact]
    public void AreEqual_BothEmpty_TrueWhateverTheColumns() => AssertEqual([], []);

    [Fact]
    public void AreEqual_OneEmpty_False() => AssertDifferent([], [["a"]]);

    [Fact]
    public void AreEqual_DifferentColumnCount_False() => AssertDifferent([["a"]], [["a", "a"]]);

    [Fact]
    public void AreEqual_OtherRowOrder_DependsOnOrderMatters()
    {
        object?[][] gold = [["a", 1L], ["b", 2L]];
        object?[][] predicted = [[2L, "b"], [1L, "a"]];
        Assert.True(ExecutionAccuracy.AreEqual(gold, predicted, orderMatters: false));
        Assert.False(ExecutionAccuracy.AreEqual(gold, predicted, orderMatters: true));
    }

    [Fact]
    public void AreEqual_OrderedAndColumnsPermuted_True() =>
        Assert.True(ExecutionAccuracy.AreEqual([["b", 2L], ["a", 1L]], [[2L, "b"], [1L, "a"]], orderMatters: true));

    [Fact]
    public void AreEqual_IntegerBesideFloatThatSortsBetween_FalseAsInTheOfficialCode()
    {
        // Spider's quick rejection sorts a row's cells by text: "1.5<class 'float'>" before "1<class 'int'>", but after "1.0<class 'float'>".
        AssertDifferent([[1L, 1.5]], [[1.0, 1.5]]);
    }

    [Fact]
    public void AreEqual_FortyEqualLookingColumns_EndsQuickly()
    {
        // All columns hold the same values, so each of 40! permutations would have to be tried one by one.
        var random = new Random(7);
        var gold = Enumerable.Range(0, 60).Select(_ => new object?[40]).ToArray();
        for (var column = 0; column < 40; column++)
        {
            var values = Enumerable.Range(0, 60).Select(row => (long)(row % 7)).ToArray();
            random.Shuffle(values);
            for (var row = 0; row < gold.Length; row++)
                gold[row][column] = values[row];
        }

        var reversed = gold.Reverse().Select(row => row.Reverse().ToArray()).ToArray();
        Assert.True(ExecutionAccuracy.AreEqual(gold, reversed, orderMatters: false));
    }

    [Theory]
    [InlineData("SELECT a FROM t ORDER BY a", true)]
    [InlineData("SELECT a FROM t WHERE b IN (SELECT c FROM u order by d LIMIT 1)", true)]
    [InlineData("SELECT a FROM t ORDER  BY a", false)]
    [InlineData("SELECT a FROM t", false)]
    public void OrderMatters_AnyOrderByInTheText_Counts(string gold, bool expected) =>
        Assert.Equal(expected, ExecutionAccuracy.OrderMatters(gold));

    [Theory]
    [InlineData("SELECT DISTINCT a FROM t", "SELECT  a FROM t")]
    [InlineData("SELECT count(distinct a) FROM t WHERE b = 'distinct'", "SELECT count( a) FROM t WHERE b = 'distinct'")]
    [InlineData("SELECT \"distinct\" FROM t", "SELECT \"distinct\" FROM t")]
    [InlineData("SELECT distinctive FROM t", "SELECT distinctive FROM t")]
    [InlineData("SELECT a FROM t WHERE b = 'it''s distinct'", "SELECT a FROM t WHERE b = 'it''s distinct'")]
    public void Prepare_Distinct_IsRemovedOutsideQuotes(string sql, string expected) =>
        Assert.Equal(expected, ExecutionAccuracy.Prepare(sql, keepDistinct: false));

    [Fact]
    public void Prepare_KeepDistinct_LeavesIt() =>
        Assert.Equal("SELECT DISTINCT a FROM t", ExecutionAccuracy.Prepare("SELECT DISTINCT a FROM t", keepDistinct: true));

    [Theory]
    [InlineData("SELECT a FROM t WHERE b > = 3 AND c ! = 4", "SELECT a FROM t WHERE b >= 3 AND c != 4")]
    [InlineData("SELECT YEAR(CURDATE()) - a FROM t", "SELECT 2020- a FROM t")]
    public void Prepare_OfficialRepairs_AreMade(string sql, string expected) =>
        Assert.Equal(expected, ExecutionAccuracy.Prepare(sql, keepDistinct: false));

    private static void AssertEqual(object?[][] gold, object?[][] predicted) =>
        Assert.True(ExecutionAccuracy.AreEqual(gold, predicted, orderMatters: false));

    private static void AssertDifferent(object?[][] gold, object?[][] predicted) =>
        Assert.False(ExecutionAccuracy.AreEqual(gold, predicted, orderMatters: false));
}
