using Grpc.Core;
using TaskServices.TextToSql.Guard;

namespace TaskServices.TextToSql.Service;

/// <summary>Says who makes a call: the metadata <c>x-taskservices-principal</c> and <c>x-taskservices-tenant</c> (headers over REST).</summary>
/// <remarks>The server listens on loopback only, so a caller is a process of this machine and is believed; the configuration may know more.</remarks>
/// <param name="find">Finds the principal by the name and tenant given, each null where absent.</param>
internal sealed class CallPrincipal(Func<string?, string?, Principal> find)
{
    public const string PrincipalHeader = "x-taskservices-principal";
    public const string TenantHeader = "x-taskservices-tenant";

    public Principal Of(ServerCallContext context) =>
        find(context.RequestHeaders.GetValue(PrincipalHeader), context.RequestHeaders.GetValue(TenantHeader));

    /// <summary>Finds a principal where no configuration lists any.</summary>
    public static Principal Unlisted(string? name, string? tenant) =>
        name is null ? Principal.Local with { Tenant = tenant } : new Principal(name, tenant, []);
}
