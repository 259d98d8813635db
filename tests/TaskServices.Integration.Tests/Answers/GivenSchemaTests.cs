using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Grpc.Core;
using Google.Rpc;
using TaskServices.TextToSql.Answers;
using Proto = TaskServices.Protos.TextToSql.V1;

namespace TaskServices.Integration.Tests.Answers;

public sealed class GivenSchemaTests : IDisposable
{
    private const string Ddl = "CREATE TABLE customers(id integer PRIMARY KEY, name text, \"Start Date\" date);\nCREATE TABLE orders(id integer PRIMARY KEY, customer_id integer REFERENCES customers(id), total numeric(10,2));";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("taskservices-state-");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static Proto.RegisterSchemaRequest Sales => new()
    {
        SchemaId = "sales",
        Ddl = Ddl,
        Dialect = Proto.SqlDialect.Postgres,
        Comments = { new Proto.SchemaNote { Table = "orders", Text = "One row an order." } },
        Glossary = { new Proto.SchemaNote { Table = "ORDERS", Column = "total", Text = "revenue" } },
    };

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task RegisterSchema_Text_IsAnsweredWithSqlOfItsDialectOnly()
    {
        await using var server = await AnsweringServer.StartAsync(_ => "select customers.name from customers order by customers.name limit 3");

        var registered = (await server.Client.RegisterSchemaAsync(Sales, cancellationToken: Cancellation)).Schema;
        var schema = (await server.Client.GetSchemaAsync(new() { SchemaId = "sales" }, cancellationToken: Cancellation)).Schema;
        var sql = (await server.Client.GenerateSqlAsync(new() { SchemaId = "sales", Question = "First three customers?" }, cancellationToken: Cancellation)).GeneratedSql;
        var verdict = await server.Client.ValidateSqlAsync(new() { SchemaId = "sales", Sql = "SELECT pg_sleep(1)" }, cancellationToken: Cancellation);

        Assert.Equal(registered, schema);
        Assert.Equal((Proto.SqlDialect.Postgres, false), (schema.Dialect, schema.CanExecute));
        Assert.Equal("One row an order.", schema.Tables[1].Comment);
        Assert.Equal("also called revenue", schema.Tables[1].Columns[2].Comment);
        Assert.Equal("customers", Assert.Single(schema.ForeignKeys).ReferencedTable);
        Assert.Equal(Proto.SqlStatus.Answered, sql.Status);
        Assert.Equal("SELECT customers.name FROM customers ORDER BY customers.name NULLS FIRST LIMIT 3", sql.Sql);
        Assert.False(verdict.Accepted);
        var error = await Assert.ThrowsAsync<RpcException>(() => server.AskAsync(new() { SchemaId = "sales", Question = "First three customers?" }));
        AssertError(error, StatusCode.FailedPrecondition, "NO_DATABASE");
    }

    [Fact]
    public async Task RegisterSchema_OfOneTenant_DoesNotExistForOthers()
    {
        await using var server = await AnsweringServer.StartAsync(_ => "select count(*) from customers");
        await server.Client.RegisterSchemaAsync(Sales, Tenant("a"), cancellationToken: Cancellation);

        foreach (var other in new[] { Tenant("A"), Tenant("b"), [] })
        {
            Assert.Equal(["chinook"], (await server.Client.ListSchemasAsync(new(), other, cancellationToken: Cancellation)).SchemaIds);
            var question = await Assert.ThrowsAsync<RpcException>(async () => await server.Client.GenerateSqlAsync(new() { SchemaId = "sales", Question = "q" }, other, cancellationToken: Cancellation));
            AssertError(question, StatusCode.NotFound, "UNKNOWN_DATABASE");
            var removal = await Assert.ThrowsAsync<RpcException>(async () => await server.Client.UnregisterSchemaAsync(new() { SchemaId = "sales" }, other, cancellationToken: Cancellation));
            AssertError(removal, StatusCode.NotFound, "UNKNOWN_DATABASE");
        }

        // The same name may be something else there.
        await server.Client.RegisterSchemaAsync(new() { SchemaId = "sales", Ddl = "CREATE TABLE t(x int)" }, Tenant("b"), cancellationToken: Cancellation);
        Assert.Equal("customers", (await server.Client.GetSchemaAsync(new() { SchemaId = "sales" }, Tenant("a"), cancellationToken: Cancellation)).Schema.Tables[0].Name);
        Assert.Equal("t", (await server.Client.GetSchemaAsync(new() { SchemaId = "sales" }, Tenant("b"), cancellationToken: Cancellation)).Schema.Tables[0].Name);
    }

    [Fact]
    public async Task RegisterSchema_WithStateFolder_SurvivesARestartAndAHalfWrittenLine()
    {
        await using (var server = await AnsweringServer.StartAsync(_ => "", _folder.FullName))
        {
            await server.Client.RegisterSchemaAsync(Sales, cancellationToken: Cancellation);
            await server.Client.RegisterSchemaAsync(new() { SchemaId = "gone", Ddl = Ddl }, cancellationToken: Cancellation);
            await server.Client.UnregisterSchemaAsync(new() { SchemaId = "gone" }, cancellationToken: Cancellation);
        }

        await File.AppendAllTextAsync(Path.Combine(_folder.FullName, "schemas.jsonl"), "{\"register\": {\"name\": \"ha", Cancellation);
        await using (var server = await AnsweringServer.StartAsync(_ => "", _folder.FullName))
        {
            Assert.Equal(["chinook", "sales"], (await server.Client.ListSchemasAsync(new(), cancellationToken: Cancellation)).SchemaIds);
            var schema = (await server.Client.GetSchemaAsync(new() { SchemaId = "sales" }, cancellationToken: Cancellation)).Schema;
            Assert.Equal("also called revenue", schema.Tables[1].Columns[2].Comment);
            Assert.Equal("STATE_IN_USE", Assert.Throws<TextToSql.TextToSqlException>(() => AnswerState.Open(_folder.FullName)).Reason);
            await server.Client.UnregisterSchemaAsync(new() { SchemaId = "sales" }, cancellationToken: Cancellation);
        }

        await using var last = await AnsweringServer.StartAsync(_ => "", _folder.FullName);
        Assert.Equal(["chinook"], (await last.Client.ListSchemasAsync(new(), cancellationToken: Cancellation)).SchemaIds);
    }

    [Theory]
    [InlineData("chinook", Ddl, StatusCode.AlreadyExists, "SCHEMA_EXISTS")]
    [InlineData("sales", "SELECT 1", StatusCode.InvalidArgument, "SCHEMA_INVALID")]
    [InlineData("sales", "CREATE TABLE t(a int", StatusCode.InvalidArgument, "SQL_SYNTAX")]
    [InlineData("../x", Ddl, StatusCode.InvalidArgument, "INVALID_FIELDS")]
    [InlineData("sales", "", StatusCode.InvalidArgument, "INVALID_FIELDS")]
    public async Task RegisterSchema_Bad_IsATypedError(string name, string ddl, StatusCode code, string reason)
    {
        await using var server = await AnsweringServer.StartAsync(_ => "");

        var error = await Assert.ThrowsAsync<RpcException>(async () => await server.Client.RegisterSchemaAsync(new() { SchemaId = name, Ddl = ddl }, cancellationToken: Cancellation));

        AssertError(error, code, reason);
    }

    [Fact]
    public async Task RegisterSchema_NoteOnAMissingColumn_NamesIt()
    {
        await using var server = await AnsweringServer.StartAsync(_ => "");
        var request = Sales;
        request.Glossary.Add(new Proto.SchemaNote { Table = "orders", Column = "price", Text = "cost" });

        var error = await Assert.ThrowsAsync<RpcException>(async () => await server.Client.RegisterSchemaAsync(request, cancellationToken: Cancellation));

        AssertError(error, StatusCode.InvalidArgument, "SCHEMA_INVALID");
        Assert.Contains("orders.price", error.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RegisterSchema_MoreThanATenantMayHave_IsRefused()
    {
        await using var server = await AnsweringServer.StartAsync(_ => "");
        for (var i = 0; i < GivenSchemas.MaxPerTenant; i++)
            await server.Client.RegisterSchemaAsync(new() { SchemaId = "s" + i.ToString(CultureInfo.InvariantCulture), Ddl = Ddl }, cancellationToken: Cancellation);

        var error = await Assert.ThrowsAsync<RpcException>(async () => await server.Client.RegisterSchemaAsync(Sales, cancellationToken: Cancellation));
        AssertError(error, StatusCode.ResourceExhausted, "TOO_MANY_SCHEMAS");
        await server.Client.RegisterSchemaAsync(Sales, Tenant("b"), cancellationToken: Cancellation);
        await server.Client.RegisterSchemaAsync(new() { SchemaId = "s0", Ddl = Ddl }, cancellationToken: Cancellation); // replaces
    }

    [Fact]
    public async Task RegisterSchema_OverRest_WorksFromEndToEnd()
    {
        await using var server = await AnsweringServer.StartAsync(_ => "select count(*) from customers");
        var rest = server.Server.Rest;

        using var registered = await rest.PostAsJsonAsync(Uri("/v1/schemas/sales:register"), new { ddl = Ddl, dialect = "SQL_DIALECT_SQL_SERVER" }, Cancellation);
        using var answer = await rest.PostAsJsonAsync(Uri("/v1/schemas/sales:generateSql"), new { question = "How many customers?" }, Cancellation);
        using var removed = await rest.DeleteAsync(Uri("/v1/schemas/sales"), Cancellation);
        using var again = await rest.DeleteAsync(Uri("/v1/schemas/sales"), Cancellation);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.NotFound), (registered.StatusCode, answer.StatusCode, removed.StatusCode, again.StatusCode));
        Assert.Equal("SELECT count(*) FROM customers", (await answer.Content.ReadFromJsonAsync<JsonElement>(Cancellation)).GetProperty("generatedSql").GetProperty("sql").GetString());
    }

    internal static void AssertError(RpcException error, StatusCode code, string reason) =>
        Assert.Equal((code, reason), (error.StatusCode, error.GetRpcStatus()?.GetDetail<ErrorInfo>()?.Reason));

    internal static Metadata Tenant(string name) => new() { { "x-taskservices-tenant", name } };

    private static Uri Uri(string path) => new(path, UriKind.Relative);
}
