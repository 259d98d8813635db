using System.Net;
using System.Net.Http.Headers;
using Grpc.Core;
using Microsoft.Extensions.Logging.Abstractions;
using TaskServices.Cli.Serving;
using TaskServices.Inference;
using TaskServices.Inference.Service.Remote;
using TaskServices.ServiceDefaults.Access;
using TaskServices.TextToSql.Generation;

namespace TaskServices.Integration.Tests;

public sealed class AccessTests
{
    private const string Token = "a-token-of-more-than-sixteen";

    private const string NextToken = "another-token-to-rotate-to";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Request_WithoutTheToken_IsRefusedExceptForTheProbes()
    {
        await using var server = await StartAsync();

        var response = await server.Rest.GetAsync(new Uri("/v1/schemas", UriKind.Relative), Cancellation);
        Assert.Equal((HttpStatusCode.Unauthorized, "Bearer"), (response.StatusCode, response.Headers.WwwAuthenticate.Single().Scheme));
        Assert.Equal(HttpStatusCode.OK, (await server.Rest.GetAsync(new Uri("/healthz", UriKind.Relative), Cancellation)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await server.Rest.GetAsync(new Uri("/readyz", UriKind.Relative), Cancellation)).StatusCode);
        var error = await Assert.ThrowsAsync<RpcException>(async () => await server.Client.ListSchemasAsync(new(), cancellationToken: Cancellation));
        Assert.Equal(StatusCode.Unauthenticated, error.StatusCode);
        var remote = await Assert.ThrowsAsync<InferenceException>(() => RemoteInferenceHost.ConnectAsync(
            new Uri("http://" + server.Channel.Target), "a-wrong-token-of-this-server", null, NullLogger<RemoteInferenceHost>.Instance, Cancellation));
        Assert.True(remote.Reason == "ACCESS_DENIED", remote.ToString());
    }

    [Theory]
    [InlineData(Token)]
    [InlineData(NextToken)]
    public async Task Request_WithAToken_IsAnswered(string token)
    {
        await using var server = await StartAsync();

        server.Rest.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        Assert.Equal(HttpStatusCode.OK, (await server.Rest.GetAsync(new Uri("/v1/schemas", UriKind.Relative), Cancellation)).StatusCode);
        var schemas = await server.Client.ListSchemasAsync(new(), new Metadata { { "authorization", "Bearer " + token } }, cancellationToken: Cancellation);
        Assert.Equal([FakeTextToSql.Database], schemas.SchemaIds);
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData("", false)]
    [InlineData("Bearer", false)]
    [InlineData("Bearer ", false)]
    [InlineData("Bearer a-token-of-more-than-sixteeN", false)]
    [InlineData("Bearer a-token-of-more-than-sixteen-and", false)]
    [InlineData("Basic a-token-of-more-than-sixteen", false)]
    [InlineData("bearer a-token-of-more-than-sixteen", true)]
    public void Accepts_Header_OnlyWithAWholeToken(string? header, bool expected) => Assert.Equal(expected, new AccessTokens([NextToken, Token]).Accepts(header));

    [Theory]
    [InlineData]
    [InlineData("short")]
    [InlineData("with a space in the middle of it")]
    public void AccessTokens_WeakOrNone_AreRefused(params string[] tokens) => Assert.Throws<ArgumentException>(() => new AccessTokens(tokens));

    private static Task<RunningServer> StartAsync() => RunningServer.StartAsync(
        (_, _) => Task.FromResult<ITextToSql>(new FakeTextToSql()), waitUntilReady: true, new ServerAccess(IPAddress.Loopback, new AccessTokens([Token, NextToken])));
}
