using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace TaskServices.ServiceDefaults.Access;

/// <summary>Asks every request for a token.</summary>
public static class AccessExtensions
{
    /// <summary>Refuses requests without a token with 401, which gRPC clients see as UNAUTHENTICATED; only the probes need none.</summary>
    public static void UseAccessTokens(this IApplicationBuilder server, AccessTokens tokens) => server.Use((context, next) =>
    {
        if (context.Request.Path.Value is "/healthz" or "/readyz" || tokens.Accepts(context.Request.Headers.Authorization))
        {
            return next(context);
        }

        context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        context.Response.Headers.WWWAuthenticate = "Bearer";
        return Task.CompletedTask;
    });
}
