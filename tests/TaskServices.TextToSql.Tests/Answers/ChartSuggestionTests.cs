using TaskServices.TextToSql.Answers;
using TaskServices.TextToSql.Answers.Charts;
using TaskServices.TextToSql.Sql;

namespace TaskServices.TextToSql.Tests.Answers;

public sealed class ChartSuggestionTests
{
    private const string Grouped = "SELECT kind, count(*) FROM t GROUP BY kind";

    [Fact]
    public void Choose_FewPartsOfAWhole_IsAPie()
    {
        object?[][] rows = [["a", 3L], ["b", 4L]];

        Assert.Equal(ChartKind.Pie, Choose(["kind", "n"], rows, Grouped).Kind);
        // The first two of many are no whole; averages and debts do not add up.
        Assert.Equal(ChartKind.Bar, Choose(["kind", "n"], rows, Grouped + " LIMIT 2").Kind);
        Assert.Equal(ChartKind.Bar, Choose(["kind", "n"], rows, "SELECT kind, avg(x) FROM t GROUP BY kind").Kind);
        Assert.Equal(ChartKind.Bar, Choose(["kind", "n"], [["a", 3L], ["b", -4L]], Grouped).Kind);
        Assert.Equal(ChartKind.Bar, Choose(["kind", "n"], rows, null).Kind);
    }

    [Theory]
    [InlineData("2024-01", "2024-02")]
    [InlineData("2024-01-31", "2024-02-28 12:30:00")]
    public void Choose_DatesAsText_AreALine(string first, string second) =>
        Assert.Equal(ChartKind.Line, Choose(["month", "n"], [[first, 1L], [second, 2L]], null).Kind);

    [Fact]
    public void Choose_YearsAndDates_AreTimesAndOtherNumbersAreNot()
    {
        Assert.Equal(ChartKind.Line, Choose(["year", "n"], [[2023L, 1L], [2024L, 2L]], null).Kind);
        Assert.Equal(ChartKind.Line, Choose(["day", "n"], [[new DateOnly(2024, 1, 1), 1L], [new DateOnly(2024, 1, 2), 2L]], null).Kind);
        Assert.Equal(ChartKind.Scatter, Choose(["size", "n"], [[2023L, 1L], [2024L, 2L], [2025L, 2L]], null).Kind);
    }

    [Fact]
    public void Choose_TimesWithNames_SplitIntoSeries()
    {
        var chart = Choose(["name", "year", "n"], [["a", 2023L, 1L], ["b", 2023L, 2L], ["a", 2024L, 3L], ["b", 2024L, 4L]], null);

        Assert.Equal((ChartKind.Line, 1, 2, 0), (chart.Kind, chart.X!.Index, chart.Y!.Index, chart.Series!.Index));
    }

    [Fact]
    public void Choose_PairsOfNames_AreBarsInGroups()
    {
        var chart = Choose(["kind", "city", "n"], [["a", "x", 1L], ["b", "x", 2L], ["a", "y", 3L], ["b", "y", 4L], ["a", "z", 4L]], null);

        Assert.Equal((ChartKind.Bar, 1, 0), (chart.Kind, chart.X!.Index, chart.Series!.Index));
    }

    [Fact]
    public void Choose_WhatNoChartShows_IsATable()
    {
        Assert.Equal(ChartKind.Table, Choose(["n"], [], null).Kind);
        Assert.Equal(ChartKind.Table, Choose(["n", "m"], [[1L, 2L]], null).Kind);
        Assert.Equal(ChartKind.Table, Choose(["a", "b"], [["x", "y"], ["z", "u"]], null).Kind);
        Assert.Equal(ChartKind.Table, Choose(["name", "n"], [["x", 1L], ["x", 2L]], null).Kind);
        Assert.Equal(ChartKind.Table, Choose(["CustomerId", "AlbumId"], [[1L, 2L], [2L, 3L], [3L, 4L]], null).Kind);
        Assert.Equal(ChartKind.Table, Choose(["name", "picture"], [["x", new byte[1]], ["y", new byte[2]]], null).Kind);
        Assert.Equal(ChartKind.Table, Choose(["name", "n"], [.. Enumerable.Range(0, 51).Select(i => new object?[] { "v" + i, (long)i })], null).Kind);
    }

    [Fact]
    public void Choose_NullsOnly_CountForNothing() =>
        Assert.Equal(ChartKind.Table, Choose(["name", "n"], [["x", null], ["y", null]], null).Kind);

    private static ChartSuggestion Choose(string[] columns, object?[][] rows, string? sql)
    {
        var shape = new ResultShape(columns);
        foreach (var row in rows)
            shape.Add(row);
        return ChartSuggestion.Choose(shape, SqlText.TryParse(sql, SqlDialect.Sqlite));
    }
}
