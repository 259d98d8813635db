using Grpc.Core;
using TaskServices.TextToSql;
using TaskServices.TextToSql.Guard;

namespace TaskServices.Integration.Tests;

public sealed class PrincipalTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Call_WithPrincipalInItsMetadata_IsAnsweredAsThatPrincipal()
    {
        var fake = new FakeTextToSql();
        await using var server = await RunningServer.StartAsync(fake, (name, tenant) => new(name ?? "nobody", tenant, ["analyst"]));
        var metadata = new Metadata { { "x-taskservices-principal", "ann" }, { "x-taskservices-tenant", "7" } };
        await server.Client.ValidateSqlAsync(new() { SchemaId = FakeTextToSql.Database, Sql = "SELECT 1" }, metadata, cancellationToken: Cancellation);
        await server.Client.ListSchemasAsync(new(), cancellationToken: Cancellation);
        Assert.Equal([("ann", "7"), ("nobody", null)], fake.Principals.Select(principal => (principal.Name, principal.Tenant)));
    }

    [Fact]
    public async Task Call_WithUnknownPrincipal_IsUnauthenticated()
    {
        await using var server = await RunningServer.StartAsync(
            new(), Principal (_, _) => throw new TextToSqlException("UNKNOWN_PRINCIPAL", "No such principal."));
        var exception = await Assert.ThrowsAsync<RpcException>(async () => await server.Client.ListSchemasAsync(new(), cancellationToken: Cancellation));
        Assert.Equal(StatusCode.Unauthenticated, exception.StatusCode);
    }
}
