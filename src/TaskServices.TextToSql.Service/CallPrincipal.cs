using System.Net;
using Grpc.Core;
using TaskServices.TextToSql.Guard;

namespace TaskServices.TextToSql.Service;

/// <summary>Says who makes a call: the metadata <c>x-taskservices-principal</c> and <c>x-taskservices-tenant</c> (headers over REST).</summary>
/// <remarks>
/// A caller is a process of this machine, or another machine's that holds the server's token; both are believed, as far as the configuration
/// allows. Another machine must say for whom it asks.
/// </remarks>
/// <param name="find">Finds the principal by the name and tenant given, each null where absent.</param>
internal sealed class CallPrincipal(Func<string?, string?, Principal> find)
{
    public const string PrincipalHeader = "x-taskservices-principal";
    public const string TenantHeader = "x-taskservices-tenant";

    /// <exception cref="TextToSqlException">Reason <c>UNKNOWN_PRINCIPAL</c> or <c>TENANT_MISMATCH</c>.</exception>
    public Principal Of(ServerCallContext context)
    {
        var name = context.RequestHeaders.GetValue(PrincipalHeader);
        var address = context.GetHttpContext().Connection.RemoteIpAddress;
        return name is null && address is not null && !IPAddress.IsLoopback(address)
            ? throw new TextToSqlException("UNKNOWN_PRINCIPAL", $"A call from another machine must say for whom it asks, in the metadata {PrincipalHeader}.")
            : find(name, context.RequestHeaders.GetValue(TenantHeader));
    }

    /// <summary>Finds a principal where no configuration lists any: whoever is believed about its name may do everything.</summary>
    public static Principal Unlisted(string? name, string? tenant) =>
        (name is null ? Principal.Local with { Tenant = tenant } : new Principal(name, tenant, [])) with { IsOperator = true };
}
