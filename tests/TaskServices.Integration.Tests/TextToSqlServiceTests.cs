using Grpc.Core;
using TaskServices.TextToSql.Generation;
using Proto = TaskServices.Protos.TextToSql.V1;

namespace TaskServices.Integration.Tests;

public sealed class TextToSqlServiceTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task GenerateSql_Question_ReturnsWhatTheDomainSays()
    {
        string? asked = null;
        await using var server = await RunningServer.StartAsync(new FakeTextToSql
        {
            OnGenerate = (question, _) =>
            {
                asked = question;
                return Task.FromResult(FakeTextToSql.Answered);
            },
        });

        var response = await server.Client.GenerateSqlAsync(
            new() { SchemaId = FakeTextToSql.Database, Question = "Who are the users?" }, cancellationToken: Cancellation);

        Assert.Equal("Who are the users?", asked);
        var sql = response.GeneratedSql;
        Assert.Equal(Proto.SqlStatus.Answered, sql.Status);
        Assert.Equal("SELECT id, name FROM users", sql.Sql);
        Assert.Equal(0.75, sql.Confidence);
        Assert.Equal((40, 30, 9), (sql.PromptTokenCount, sql.CachedPromptTokenCount, sql.CompletionTokenCount));
        Assert.Equal(TimeSpan.FromMilliseconds(1500), sql.Duration.ToTimeSpan());
    }

    [Fact]
    public async Task GenerateSql_Refusal_IsAnAnswerNotAnError()
    {
        await using var server = await RunningServer.StartAsync(new FakeTextToSql
        {
            OnGenerate = (_, _) => Task.FromResult(new SqlPrediction { Status = PredictionStatus.Refused, Reason = "NOT_READ_ONLY", Message = "No." }),
        });

        var response = await server.Client.GenerateSqlAsync(
            new() { SchemaId = FakeTextToSql.Database, Question = "delete all users" }, cancellationToken: Cancellation);

        Assert.Equal(Proto.SqlStatus.Refused, response.GeneratedSql.Status);
        Assert.Equal("NOT_READ_ONLY", response.GeneratedSql.Reason);
        Assert.False(response.GeneratedSql.HasSql);
    }

    [Fact]
    public async Task Ask_Answer_StreamsSqlThenTypedRowsThenSummary()
    {
        object?[][] rows =
        [
            [1L, "Ada"],
            [null, 2.5],
            [12.50m, new byte[] { 1, 2 }],
            [new DateTime(2026, 2, 28, 13, 45, 0), new DateOnly(2026, 2, 28)],
            [true, ""],
        ];
        await using var server = await RunningServer.StartAsync(new FakeTextToSql { Rows = rows });

        var events = await AskAsync(server, new() { SchemaId = FakeTextToSql.Database, Question = "q" });

        Assert.Equal(
            [Proto.AskResponse.EventOneofCase.Sql, Proto.AskResponse.EventOneofCase.RowBatch, Proto.AskResponse.EventOneofCase.Summary],
            events.Select(answer => answer.EventCase));
        Assert.Equal(["id", "name"], events[1].RowBatch.ColumnNames);
        var cells = events[1].RowBatch.Rows.SelectMany(row => row.Cells).ToArray();
        Assert.Equal(1, cells[0].IntegerValue);
        Assert.Equal("Ada", cells[1].TextValue);
        Assert.Equal(Proto.Cell.KindOneofCase.NullValue, cells[2].KindCase);
        Assert.Equal(2.5, cells[3].DoubleValue);
        Assert.Equal("12.50", cells[4].DecimalValue);
        Assert.Equal([1, 2], cells[5].BytesValue.ToByteArray());
        Assert.Equal("2026-02-28T13:45:00", cells[6].TimestampValue);
        Assert.Equal("2026-02-28", cells[7].DateValue);
        Assert.True(cells[8].BoolValue);
        Assert.Equal(Proto.Cell.KindOneofCase.TextValue, cells[9].KindCase);
        Assert.Equal(5, events[2].Summary.RowCount);
    }

    [Fact]
    public async Task Ask_ManyRows_SendsBatchesAndSaysWhatCutThem()
    {
        var rows = Enumerable.Range(0, 1_000).Select(index => new object?[] { (long)index, "x" }).ToArray();
        await using var server = await RunningServer.StartAsync(new FakeTextToSql { Rows = rows });

        var events = await AskAsync(server, new() { SchemaId = FakeTextToSql.Database, Question = "q", MaxRowCount = 250 });

        var batches = events.Where(answer => answer.RowBatch is not null).Select(answer => answer.RowBatch).ToArray();
        Assert.Equal([100, 100, 50], batches.Select(batch => batch.Rows.Count));
        Assert.Equal([2, 0, 0], batches.Select(batch => batch.ColumnNames.Count));
        Assert.Equal(Enumerable.Range(0, 250).Select(index => (long)index), batches.SelectMany(batch => batch.Rows).Select(row => row.Cells[0].IntegerValue));
        Assert.Equal("ROW_LIMIT", events[^1].Summary.TruncatedBy);
    }

    [Fact]
    public async Task Ask_NoRows_StillSendsTheColumns()
    {
        await using var server = await RunningServer.StartAsync(new FakeTextToSql { Rows = [] });

        var events = await AskAsync(server, new() { SchemaId = FakeTextToSql.Database, Question = "q" });

        Assert.Equal(["id", "name"], events[1].RowBatch.ColumnNames);
        Assert.Equal(0, events[2].Summary.RowCount);
    }

    [Fact]
    public async Task Ask_Abstention_ExecutesNothing()
    {
        await using var server = await RunningServer.StartAsync(new FakeTextToSql
        {
            OnGenerate = (_, _) => Task.FromResult(new SqlPrediction { Status = PredictionStatus.Unanswerable, Reason = "NOT_IN_SCHEMA" }),
        });

        var events = await AskAsync(server, new() { SchemaId = FakeTextToSql.Database, Question = "q" });

        Assert.Equal(
            [Proto.AskResponse.EventOneofCase.Sql, Proto.AskResponse.EventOneofCase.Summary], events.Select(answer => answer.EventCase));
    }

    [Fact]
    public async Task ValidateSql_Refused_SaysWhy()
    {
        await using var server = await RunningServer.StartAsync(new FakeTextToSql());

        var refused = await server.Client.ValidateSqlAsync(new() { SchemaId = FakeTextToSql.Database, Sql = "DROP TABLE users" }, cancellationToken: Cancellation);
        var accepted = await server.Client.ValidateSqlAsync(new() { SchemaId = FakeTextToSql.Database, Sql = "SELECT 1" }, cancellationToken: Cancellation);

        Assert.Equal((false, "NOT_A_SELECT", ""), (refused.Accepted, refused.Reason, refused.ExecutableSql));
        Assert.Equal((true, "", "SELECT 1 LIMIT 1000"), (accepted.Accepted, accepted.Reason, accepted.ExecutableSql));
    }

    [Fact]
    public async Task ExplainSql_Accepted_ReturnsWords()
    {
        await using var server = await RunningServer.StartAsync(new FakeTextToSql());

        var response = await server.Client.ExplainSqlAsync(new() { SchemaId = FakeTextToSql.Database, Sql = "SELECT id" }, cancellationToken: Cancellation);

        Assert.Equal("The id of every user.", response.Explanation);
    }

    [Fact]
    public async Task GetSchema_Known_ReturnsTablesAndKeys()
    {
        await using var server = await RunningServer.StartAsync(new FakeTextToSql());

        var schema = (await server.Client.GetSchemaAsync(new() { SchemaId = FakeTextToSql.Database }, cancellationToken: Cancellation)).Schema;
        var list = await server.Client.ListSchemasAsync(new(), cancellationToken: Cancellation);

        Assert.Equal(["users", "orders"], schema.Tables.Select(table => table.Name));
        Assert.Equal(Proto.ColumnType.Number, schema.Tables[0].Columns[0].Type);
        Assert.Equal("users", Assert.Single(schema.ForeignKeys).ReferencedTable);
        Assert.Equal([FakeTextToSql.Database], list.SchemaIds);
    }

    private static async Task<List<Proto.AskResponse>> AskAsync(RunningServer server, Proto.AskRequest request)
    {
        using var call = server.Client.Ask(request, cancellationToken: Cancellation);
        var events = new List<Proto.AskResponse>();
        await foreach (var answer in call.ResponseStream.ReadAllAsync(Cancellation))
        {
            events.Add(answer);
        }

        return events;
    }
}
