using System.Security.Cryptography;
using Grpc.Core;
using TaskServices.Cli;
using TaskServices.Testing;
using TaskServices.TextToSql.Generation;
using Proto = TaskServices.Protos.TextToSql.V1;

namespace TaskServices.Integration.Tests;

/// <summary>A real client, the real server, the bundled model and a real database.</summary>
public sealed class RealPipelineTests
{
    private const string Question = "How many customers are there?";

    private static readonly string DatabasePath = TestFiles.InRepository("examples", "chinook", "Chinook_Sqlite.sqlite");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Server_WithBundledModel_AnswersRefusesAndSurvivesDeadlines()
    {
        var hashBefore = SHA256.HashData(await File.ReadAllBytesAsync(DatabasePath, Cancellation));
        TextToSqlSession? session = null;
        await using (var server = await RunningServer.StartAsync(async stop => (session = await OpenAsync(stop)).TextToSql, waitUntilReady: true))
        {
            var answer = await AskAsync(server, Question, deadline: null);
            Assert.Equal("SELECT count(*) FROM Customer", answer[0].Sql.Sql);
            Assert.Equal(59, answer[1].RowBatch.Rows[0].Cells[0].IntegerValue);
            Assert.Equal(1, answer[^1].Summary.RowCount);

            var refused = await AskAsync(server, "Delete all customers.", deadline: null);
            Assert.Equal((Proto.SqlStatus.Refused, "WRITE_REQUESTED"), (refused[0].Sql.Status, refused[0].Sql.Reason));
            Assert.DoesNotContain(refused, message => message.RowBatch is not null);

            var verdict = await server.Client.ValidateSqlAsync(new() { SchemaId = "chinook", Sql = "DELETE FROM Customer" }, cancellationToken: Cancellation);
            Assert.False(verdict.Accepted);
            Assert.Equal("", verdict.ExecutableSql);

            var late = await Assert.ThrowsAsync<RpcException>(() => AskAsync(server, "How many tracks are there?", DateTime.UtcNow.AddMilliseconds(1)));
            Assert.Equal(StatusCode.DeadlineExceeded, late.StatusCode);
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
            var cancelled = server.Client.GenerateSqlAsync(
                new() { SchemaId = "chinook", Question = "Show the first and last names of employees who support customers in Brazil." }, cancellationToken: stop.Token);
            await stop.CancelAsync();
            Assert.Equal(StatusCode.Cancelled, (await Assert.ThrowsAsync<RpcException>(() => cancelled.ResponseAsync)).StatusCode);

            Assert.Equal(59, (await AskAsync(server, Question, deadline: null))[1].RowBatch.Rows[0].Cells[0].IntegerValue);
        }

        await session!.DisposeAsync();
        Assert.Equal(hashBefore, SHA256.HashData(await File.ReadAllBytesAsync(DatabasePath, Cancellation)));
        Assert.Equal(4, Directory.GetFiles(Path.GetDirectoryName(DatabasePath)!).Length);
    }

    [Fact]
    public async Task GenerateAsync_CancelledWhileTheModelWrites_StopsAndTheEngineGoesOn()
    {
        await using var session = await OpenAsync(Cancellation);
        using var stop = new CancellationTokenSource();
        var running = session.TextToSql.GenerateAsync("chinook", "Show the first and last names of employees who support customers in Brazil.", stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);

        var prediction = await session.TextToSql.GenerateAsync("chinook", Question, Cancellation);
        Assert.Equal(PredictionStatus.Answered, prediction.Status);
    }

    private static Task<TextToSqlSession> OpenAsync(CancellationToken cancellationToken) =>
        Composition.OpenTextToSqlAsync(
            ModelChoice.From(model: null, adapter: null, cache: null),
            new Dictionary<string, string> { ["chinook"] = "sqlite:" + DatabasePath },
            cancellationToken);

    private static async Task<List<Proto.AskResponse>> AskAsync(RunningServer server, string question, DateTime? deadline)
    {
        using var call = server.Client.Ask(new() { SchemaId = "chinook", Question = question }, deadline: deadline, cancellationToken: Cancellation);
        var messages = new List<Proto.AskResponse>();
        await foreach (var message in call.ResponseStream.ReadAllAsync(Cancellation))
        {
            messages.Add(message);
        }

        return messages;
    }
}
