using Google.Rpc;
using Grpc.Core;
using TaskServices.Inference.Scheduling;
using TaskServices.TextToSql;
using TaskServices.TextToSql.Generation;
using Proto = TaskServices.Protos.TextToSql.V1;

namespace TaskServices.Integration.Tests;

public sealed class ErrorMappingTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ask_BadFields_NamesAllOfThem()
    {
        await using var server = await RunningServer.StartAsync(new FakeTextToSql());

        var error = await FailAsync(server, new() { SchemaId = "", Question = new string('x', 4_001), MaxRowCount = -1 });

        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
        Assert.Equal("INVALID_FIELDS", Reason(error));
        var violations = error.GetRpcStatus()!.GetDetail<BadRequest>().FieldViolations;
        Assert.Equal(["schema_id", "question", "max_row_count"], violations.Select(violation => violation.Field));
    }

    [Fact]
    public async Task GenerateSql_BlankQuestion_IsBadField()
    {
        await using var server = await RunningServer.StartAsync(new FakeTextToSql());

        var error = await Assert.ThrowsAsync<RpcException>(
            async () => await server.Client.GenerateSqlAsync(new() { SchemaId = FakeTextToSql.Database, Question = "  " }, cancellationToken: Cancellation));

        Assert.Equal("question", Assert.Single(error.GetRpcStatus()!.GetDetail<BadRequest>().FieldViolations).Field);
    }

    [Fact]
    public async Task GetSchema_Unknown_NamesTheResource()
    {
        await using var server = await RunningServer.StartAsync(new FakeTextToSql());

        var error = await Assert.ThrowsAsync<RpcException>(async () => await server.Client.GetSchemaAsync(new() { SchemaId = "nowhere" }, cancellationToken: Cancellation));

        Assert.Equal(StatusCode.NotFound, error.StatusCode);
        Assert.Equal("UNKNOWN_DATABASE", Reason(error));
        Assert.Equal("nowhere", error.GetRpcStatus()!.GetDetail<ResourceInfo>().ResourceName);
        Assert.Equal("nowhere", error.GetRpcStatus()!.GetDetail<ErrorInfo>().Metadata["schema_id"]);
    }

    [Fact]
    public async Task ExplainSql_RefusedStatement_IsBadField()
    {
        await using var server = await RunningServer.StartAsync(new FakeTextToSql());

        var error = await Assert.ThrowsAsync<RpcException>(
            async () => await server.Client.ExplainSqlAsync(new() { SchemaId = FakeTextToSql.Database, Sql = "DROP TABLE users" }, cancellationToken: Cancellation));

        Assert.Equal((StatusCode.InvalidArgument, "SQL_REFUSED"), (error.StatusCode, Reason(error)));
        Assert.Equal("sql", Assert.Single(error.GetRpcStatus()!.GetDetail<BadRequest>().FieldViolations).Field);
    }

    [Theory]
    [InlineData("PROMPT_TOO_LONG", StatusCode.InvalidArgument, false)]
    [InlineData("DATABASE_LOCKED", StatusCode.Unavailable, true)]
    [InlineData("DATABASE_CORRUPT", StatusCode.FailedPrecondition, false)]
    [InlineData("QUERY_TIMED_OUT", StatusCode.ResourceExhausted, false)]
    public async Task Ask_DomainFailure_HasCodeReasonAndRetry(string reason, StatusCode code, bool retry)
    {
        await using var server = await RunningServer.StartAsync(
            new FakeTextToSql { OnGenerate = (_, _) => throw new TextToSqlException(reason, "What to do.") });

        var error = await FailAsync(server, new() { SchemaId = FakeTextToSql.Database, Question = "q" });

        Assert.Equal((code, reason, "What to do."), (error.StatusCode, Reason(error), error.Status.Detail));
        Assert.Equal(retry, error.GetRpcStatus()!.GetDetail<RetryInfo>() is not null);
        Assert.Equal("text-to-sql.taskservices", error.GetRpcStatus()!.GetDetail<ErrorInfo>().Domain);
    }

    [Fact]
    public async Task Ask_QueueFull_SaysWhenToRetry()
    {
        await using var server = await RunningServer.StartAsync(
            new FakeTextToSql { OnGenerate = (_, _) => throw new EngineBusyException("QUEUE_FULL", "Try again.", TimeSpan.FromSeconds(3)) });

        var error = await FailAsync(server, new() { SchemaId = FakeTextToSql.Database, Question = "q" });

        Assert.Equal((StatusCode.ResourceExhausted, "QUEUE_FULL"), (error.StatusCode, Reason(error)));
        Assert.Equal(TimeSpan.FromSeconds(3), error.GetRpcStatus()!.GetDetail<RetryInfo>().RetryDelay.ToTimeSpan());
    }

    [Fact]
    public async Task Ask_UnexpectedFailure_KeepsItsTextInside()
    {
        await using var server = await RunningServer.StartAsync(
            new FakeTextToSql { OnGenerate = (_, _) => throw new InvalidOperationException("secret detail") });

        var error = await FailAsync(server, new() { SchemaId = FakeTextToSql.Database, Question = "q" });

        Assert.Equal((StatusCode.Internal, "UNEXPECTED"), (error.StatusCode, Reason(error)));
        Assert.DoesNotContain("secret", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task GenerateSql_CancelledInsideWithoutTheCaller_IsInternal()
    {
        await using var server = await RunningServer.StartAsync(
            new FakeTextToSql { OnGenerate = (_, _) => throw new OperationCanceledException("a timer of our own") });

        var error = await FailAsync(server, new() { SchemaId = FakeTextToSql.Database, Question = "q" });

        Assert.Equal((StatusCode.Internal, "UNEXPECTED"), (error.StatusCode, Reason(error)));
    }

    [Fact]
    public async Task Ask_DeadlinePasses_ReachesTheDomain()
    {
        var cancelled = new TaskCompletionSource();
        await using var server = await RunningServer.StartAsync(new FakeTextToSql { OnGenerate = WaitUntilCancelled(cancelled) });
        using var call = server.Client.Ask(
            new() { SchemaId = FakeTextToSql.Database, Question = "q" }, deadline: DateTime.UtcNow.AddSeconds(2),
            cancellationToken: Cancellation);

        var error = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(Cancellation));

        Assert.Equal(StatusCode.DeadlineExceeded, error.StatusCode);
        await cancelled.Task.WaitAsync(TimeSpan.FromSeconds(10), Cancellation);
    }

    [Fact]
    public async Task GenerateSql_CallerCancels_ReachesTheDomain()
    {
        var cancelled = new TaskCompletionSource();
        var started = new TaskCompletionSource();
        var wait = WaitUntilCancelled(cancelled);
        await using var server = await RunningServer.StartAsync(new FakeTextToSql
        {
            OnGenerate = (question, token) =>
            {
                started.SetResult();
                return wait(question, token);
            },
        });
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        using var call = server.Client.GenerateSqlAsync(new() { SchemaId = FakeTextToSql.Database, Question = "q" }, cancellationToken: stop.Token);
        await started.Task.WaitAsync(TimeSpan.FromSeconds(10), Cancellation);

        await stop.CancelAsync();

        var error = await Assert.ThrowsAsync<RpcException>(async () => await call);
        Assert.Equal(StatusCode.Cancelled, error.StatusCode);
        await cancelled.Task.WaitAsync(TimeSpan.FromSeconds(10), Cancellation);
    }

    private static Func<string, CancellationToken, Task<SqlPrediction>> WaitUntilCancelled(TaskCompletionSource cancelled) =>
        async (_, cancellationToken) =>
        {
            try
            {
                await Task.Delay(Timeout.Infinite, cancellationToken);
            }
            finally
            {
                cancelled.SetResult();
            }

            return FakeTextToSql.Answered;
        };

    private static async Task<RpcException> FailAsync(RunningServer server, Proto.AskRequest request)
    {
        using var call = server.Client.Ask(request, cancellationToken: Cancellation);
        return await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(Cancellation));
    }

    private static string Reason(RpcException error) => error.GetRpcStatus()!.GetDetail<ErrorInfo>().Reason;
}
