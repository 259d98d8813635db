using System.Text.Json;
using Grpc.Core;
using TaskServices.TextToSql.Audit;
using TaskServices.TextToSql.Generation;

namespace TaskServices.Integration.Tests;

public sealed class AuditTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ask_OfAnAuditedServer_IsRecordedOrNotAnswered()
    {
        var folder = Directory.CreateTempSubdirectory("taskservices-audit-");
        try
        {
            var path = Path.Combine(folder.FullName, "audit.jsonl");
            var audited = new AuditedTextToSql(
                new FakeTextToSql { Rows = [[1L, "Ada"], [2L, "Bob"]] }, AuditLog.Open(new(path), [], _ => { }), new Dictionary<string, string>());
            await using var server = await RunningServer.StartAsync(
                (_, _) => Task.FromResult<ITextToSql>(audited), waitUntilReady: true, (name, tenant) => new(name ?? "nobody", tenant, []));

            Assert.Equal(2, (await AskAsync(server))[^1].Summary.RowCount);
            var records = File.ReadAllLines(path).Select(line => JsonElement.Parse(line)).ToArray();
            Assert.Equal(["question", "execution"], records.Select(record => record.GetProperty("kind").GetString()));
            Assert.All(records, record => Assert.Equal("ann", record.GetProperty("principal").GetProperty("name").GetString()));
            Assert.Equal(2, records[1].GetProperty("rows").GetInt32());
            Assert.Null(AuditVerification.Verify(path).Problem);

            // What is refused before generation has its one record too.
            await Assert.ThrowsAsync<RpcException>(() => AskAsync(server, question: " "));
            await Assert.ThrowsAsync<RpcException>(() => AskAsync(server, schemaId: "payroll"));
            await Assert.ThrowsAsync<RpcException>(() => server.Client.GenerateSqlAsync(
                new() { SchemaId = "payroll", Question = "Who?" }, Caller, cancellationToken: Cancellation).ResponseAsync);
            Assert.Equal(
                [("INVALID_QUESTION", "shop"), ("UNKNOWN_DATABASE", "payroll"), ("UNKNOWN_DATABASE", "payroll")],
                File.ReadAllLines(path).Skip(2).Select(line => JsonElement.Parse(line)).Select(record => (record.GetProperty("reason").GetString(), record.GetProperty("database").GetString())));

            File.Delete(path);
            var error = await Assert.ThrowsAsync<RpcException>(() => AskAsync(server));
            Assert.Equal(StatusCode.Unavailable, error.StatusCode);
            Assert.DoesNotContain(folder.FullName, error.Message, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static Metadata Caller => new() { { "x-taskservices-principal", "ann" } };

    private static async Task<List<TaskServices.Protos.TextToSql.V1.AskResponse>> AskAsync(
        RunningServer server, string schemaId = FakeTextToSql.Database, string question = "Who?")
    {
        using var call = server.Client.Ask(new() { SchemaId = schemaId, Question = question }, Caller, cancellationToken: Cancellation);
        return await call.ResponseStream.ReadAllAsync(Cancellation).ToListAsync(Cancellation);
    }
}
