using System.Net.Http.Json;
using System.Text.Json;
using Grpc.Core;
using TaskServices.TextToSql.Guard;
using Proto = TaskServices.Protos.TextToSql.V1;

namespace TaskServices.Integration.Tests.Answers;

public sealed class KnowledgeTests : IDisposable
{
    private const string Question = "How many customers live in Germany?";
    private const string Sql = "SELECT count(*) FROM Customer WHERE Country = 'Germany'";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("taskservices-state-");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task AddVerifiedQuery_SameQuestionOrOtherValue_IsAnsweredByIt()
    {
        await using var server = await AnsweringServer.StartAsync(_ => "select count(*) from customer");

        var added = (await server.Client.AddVerifiedQueryAsync(new() { SchemaId = "chinook", Question = Question, Sql = Sql + " -- mine" }, cancellationToken: Cancellation)).VerifiedQuery;
        var same = await GenerateAsync(server, "how many customers live in germany");
        var other = await server.AskAsync(new() { SchemaId = "chinook", Question = "How many customers live in France?" });
        var unlike = await GenerateAsync(server, "How many customers are there?");

        Assert.Equal((Sql, false, true), (added.Sql, added.IsStale, added.IsShared));
        Assert.Equal((Sql, Proto.AnswerOrigin.VerifiedQuery, added.VerifiedQueryId), (same.Sql, same.Origin, same.VerifiedQueryId));
        Assert.Equal("SELECT count(*) FROM Customer WHERE Country = 'France'", other[0].Sql.Sql);
        Assert.Equal(5, other[1].RowBatch.Rows[0].Cells[0].IntegerValue);
        Assert.Equal((Proto.AnswerOrigin.Model, ""), (unlike.Origin, unlike.VerifiedQueryId));
    }

    [Fact]
    public async Task AddVerifiedQuery_WithStateFolder_SurvivesARestartUntilRemoved()
    {
        await using (var server = await AnsweringServer.StartAsync(_ => "select count(*) from customer", _folder.FullName))
            await server.Client.AddVerifiedQueryAsync(new() { SchemaId = "chinook", Question = Question, Sql = Sql }, GivenSchemaTests.Tenant("a"), cancellationToken: Cancellation);

        await File.AppendAllTextAsync(Path.Combine(_folder.FullName, "verified-queries.jsonl"), "{\"add\": {", Cancellation);
        await using var again = await AnsweringServer.StartAsync(_ => "select count(*) from customer", _folder.FullName);
        var listed = Assert.Single((await again.Client.ListVerifiedQueriesAsync(new() { SchemaId = "chinook" }, GivenSchemaTests.Tenant("a"), cancellationToken: Cancellation)).VerifiedQueries);
        Assert.Equal((Question, false), (listed.Question, listed.IsShared));
        Assert.Empty((await again.Client.ListVerifiedQueriesAsync(new() { SchemaId = "chinook" }, GivenSchemaTests.Tenant("b"), cancellationToken: Cancellation)).VerifiedQueries);
        Assert.Equal(Proto.AnswerOrigin.Model, (await GenerateAsync(again, Question, GivenSchemaTests.Tenant("b"))).Origin);

        var request = new Proto.RemoveVerifiedQueryRequest { SchemaId = "chinook", VerifiedQueryId = listed.VerifiedQueryId };
        var foreign = await Assert.ThrowsAsync<RpcException>(async () => await again.Client.RemoveVerifiedQueryAsync(request, GivenSchemaTests.Tenant("b"), cancellationToken: Cancellation));
        GivenSchemaTests.AssertError(foreign, StatusCode.NotFound, "UNKNOWN_VERIFIED_QUERY");
        await again.Client.RemoveVerifiedQueryAsync(request, GivenSchemaTests.Tenant("a"), cancellationToken: Cancellation);
        Assert.Equal(Proto.AnswerOrigin.Model, (await GenerateAsync(again, Question, GivenSchemaTests.Tenant("a"))).Origin);
    }

    [Fact]
    public async Task AddVerifiedQuery_RefusedSqlOrNoOperator_IsATypedError()
    {
        await using var server = await AnsweringServer.StartAsync(_ => "", findPrincipal: (name, tenant) => new Principal(name ?? "ann", tenant, []) { IsOperator = name is "boss" });

        var request = new Proto.AddVerifiedQueryRequest { SchemaId = "chinook", Question = Question, Sql = Sql };
        GivenSchemaTests.AssertError(await FailAsync(request, []), StatusCode.PermissionDenied, "NOT_AN_OPERATOR");
        foreach (var sql in new[] { "DELETE FROM Customer", "SELECT * FROM sqlite_master", "SELECT load_extension('x')" })
        {
            request.Sql = sql;
            GivenSchemaTests.AssertError(await FailAsync(request, Caller("boss")), StatusCode.InvalidArgument, "SQL_REFUSED");
        }

        async Task<RpcException> FailAsync(Proto.AddVerifiedQueryRequest given, Metadata headers) =>
            await Assert.ThrowsAsync<RpcException>(async () => await server.Client.AddVerifiedQueryAsync(given, headers, cancellationToken: Cancellation));
    }

    [Fact]
    public async Task GiveFeedback_Corrected_WaitsForAnOperatorAndThenServes()
    {
        var isOperator = (string? name, string? tenant) => new Principal(name ?? "ann", tenant, []) { IsOperator = name is "boss" };
        string feedbackId;
        await using (var server = await AnsweringServer.StartAsync(_ => "select count(*) from customer", _folder.FullName, findPrincipal: isOperator))
        {
            var answer = await GenerateAsync(server, Question);
            Assert.True((await GenerateAsync(server, Question)).IsCached);
            var request = new Proto.GiveFeedbackRequest { SchemaId = "chinook", AnswerId = answer.AnswerId, CorrectedSql = Sql, Comment = "Germany!" };
            var foreign = await Assert.ThrowsAsync<RpcException>(async () => await server.Client.GiveFeedbackAsync(request, Caller("eve"), cancellationToken: Cancellation));
            GivenSchemaTests.AssertError(foreign, StatusCode.NotFound, "UNKNOWN_ANSWER");

            var given = (await server.Client.GiveFeedbackAsync(request, cancellationToken: Cancellation)).Feedback;
            feedbackId = given.FeedbackId;
            Assert.Equal((Question, Sql, "ann", Proto.FeedbackState.Open), (given.Question, given.CorrectedSql, given.GivenBy, given.State));

            // Wrong answers are not given again from the cache; nobody's correction serves unconfirmed.
            var next = await GenerateAsync(server, Question);
            Assert.Equal((false, Proto.AnswerOrigin.Model), (next.IsCached, next.Origin));
            var listing = await Assert.ThrowsAsync<RpcException>(async () => await server.Client.ListFeedbackAsync(new() { SchemaId = "chinook" }, cancellationToken: Cancellation));
            GivenSchemaTests.AssertError(listing, StatusCode.PermissionDenied, "NOT_AN_OPERATOR");
        }

        await using var again = await AnsweringServer.StartAsync(_ => "select count(*) from customer", _folder.FullName, findPrincipal: isOperator);
        Assert.Equal(feedbackId, Assert.Single((await again.Client.ListFeedbackAsync(new() { SchemaId = "chinook" }, Caller("boss"), cancellationToken: Cancellation)).Feedback).FeedbackId);
        var review = new Proto.ReviewFeedbackRequest { SchemaId = "chinook", FeedbackId = feedbackId, Confirm = true };
        Assert.Equal(Proto.FeedbackState.Confirmed, (await again.Client.ReviewFeedbackAsync(review, Caller("boss"), cancellationToken: Cancellation)).Feedback.State);
        var verified = await GenerateAsync(again, Question);
        Assert.Equal((Sql, Proto.AnswerOrigin.VerifiedQuery), (verified.Sql, verified.Origin));
        var twice = await Assert.ThrowsAsync<RpcException>(async () => await again.Client.ReviewFeedbackAsync(review, Caller("boss"), cancellationToken: Cancellation));
        GivenSchemaTests.AssertError(twice, StatusCode.FailedPrecondition, "FEEDBACK_CLOSED");
    }

    [Fact]
    public async Task GiveFeedback_UnknownAnswerOrBadFields_IsATypedError()
    {
        await using var server = await AnsweringServer.StartAsync(_ => "select count(*) from customer");
        var answer = await GenerateAsync(server, Question);

        GivenSchemaTests.AssertError(await FailAsync(new() { AnswerId = "nope" }), StatusCode.NotFound, "UNKNOWN_ANSWER");
        GivenSchemaTests.AssertError(await FailAsync(new() { AnswerId = answer.AnswerId, IsRight = true, CorrectedSql = Sql }), StatusCode.InvalidArgument, "INVALID_FIELDS");
        GivenSchemaTests.AssertError(await FailAsync(new() { AnswerId = answer.AnswerId, CorrectedSql = "DROP TABLE Customer" }), StatusCode.InvalidArgument, "SQL_REFUSED");

        async Task<RpcException> FailAsync(Proto.GiveFeedbackRequest request)
        {
            request.SchemaId = "chinook";
            return await Assert.ThrowsAsync<RpcException>(async () => await server.Client.GiveFeedbackAsync(request, cancellationToken: Cancellation));
        }
    }

    [Fact]
    public async Task Knowledge_OverRest_WorksFromEndToEnd()
    {
        await using var server = await AnsweringServer.StartAsync(_ => "select count(*) from customer");
        var rest = server.Server.Rest;
        var answer = await GenerateAsync(server, "How many customers are there?");

        var added = await PostAsync("/v1/schemas/chinook/verifiedQueries", new { question = Question, sql = Sql });
        var feedback = await PostAsync($"/v1/schemas/chinook/answers/{answer.AnswerId}:giveFeedback", new { isRight = true });
        var reviewed = await PostAsync($"/v1/schemas/chinook/feedback/{feedback.GetProperty("feedback").GetProperty("feedbackId").GetString()}:review", new { confirm = true });
        var listed = await rest.GetFromJsonAsync<JsonElement>(new Uri("/v1/schemas/chinook/verifiedQueries", UriKind.Relative), Cancellation);
        using var removed = await rest.DeleteAsync(
            new Uri($"/v1/schemas/chinook/verifiedQueries/{added.GetProperty("verifiedQuery").GetProperty("verifiedQueryId").GetString()}", UriKind.Relative), Cancellation);

        Assert.Equal("FEEDBACK_STATE_CONFIRMED", reviewed.GetProperty("feedback").GetProperty("state").GetString());
        Assert.Equal(2, listed.GetProperty("verifiedQueries").GetArrayLength());
        Assert.True(removed.IsSuccessStatusCode);

        async Task<JsonElement> PostAsync(string path, object body)
        {
            using var response = await rest.PostAsJsonAsync(new Uri(path, UriKind.Relative), body, Cancellation);
            Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(Cancellation));
            return await response.Content.ReadFromJsonAsync<JsonElement>(Cancellation);
        }
    }

    private static Metadata Caller(string name) => new() { { "x-taskservices-principal", name } };

    private static async Task<Proto.GeneratedSql> GenerateAsync(AnsweringServer server, string question, Metadata? headers = null) =>
        (await server.Client.GenerateSqlAsync(new() { SchemaId = "chinook", Question = question }, headers, cancellationToken: Cancellation)).GeneratedSql;
}
