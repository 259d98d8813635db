using Proto = TaskServices.Protos.TextToSql.V1;

namespace TaskServices.Integration.Tests.Answers;

public sealed class ChartAndCostTests
{
    [Fact]
    public async Task Ask_GroupedCount_SuggestsBars()
    {
        await using var server = await AnsweringServer.StartAsync(_ => "select customer.country, count(*) from customer group by customer.country");

        var summary = (await server.AskAsync(new() { SchemaId = "chinook", Question = "How many customers by country?" }))[^1].Summary;

        Assert.Equal(24, summary.RowCount);
        Assert.Equal((Proto.ChartKind.Bar, "Country", 1), (summary.Chart.Kind, summary.Chart.X.ColumnName, summary.Chart.Y.ColumnIndex));
        Assert.Equal((Proto.FieldType.Nominal, Proto.FieldType.Quantitative), (summary.Chart.X.Type, summary.Chart.Y.Type));
        Assert.Null(summary.Chart.Series);
        Assert.NotEmpty(summary.Chart.Why);
        Assert.False(summary.HasCost);
    }

    [Fact]
    public async Task Ask_OneNumber_SuggestsANumberAndTellsTheCost()
    {
        await using var server = await AnsweringServer.StartAsync(_ => "select count(*) from customer", machineCostPerHour: 3600);

        var events = await server.AskAsync(new() { SchemaId = "chinook", Question = "How many customers?" });

        Assert.Equal(Proto.ChartKind.Number, events[^1].Summary.Chart.Kind);
        Assert.Equal(events[0].Sql.Duration.ToTimeSpan().TotalSeconds, events[0].Sql.Cost, 1e-9);
        Assert.True(events[^1].Summary.Cost > events[0].Sql.Cost);
    }

    [Fact]
    public async Task Ask_Refused_HasNoChart()
    {
        await using var server = await AnsweringServer.StartAsync(_ => "");

        var events = await server.AskAsync(new() { SchemaId = "chinook", Question = "Delete all customers." });

        Assert.Null(events[^1].Summary.Chart);
    }
}
