using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.Extensions.Logging;

namespace TaskServices.ServiceDefaults.Errors;

/// <summary>The one place where exceptions of a call become statuses.</summary>
internal sealed partial class ExceptionInterceptor(IEnumerable<ServiceErrors> services, ILogger<ExceptionInterceptor> logger) : Interceptor
{
    private const string Domain = "taskservices";

    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            return await continuation(request, context);
        }
        catch (Exception exception) when (!IsForGrpc(exception, context))
        {
            throw Map(exception, context);
        }
    }

    public override async Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            await continuation(request, responseStream, context);
        }
        catch (Exception exception) when (!IsForGrpc(exception, context))
        {
            throw Map(exception, context);
        }
    }

    // Once the call is over (deadline, disconnect), gRPC has answered already, whatever is thrown.
    private static bool IsForGrpc(Exception exception, ServerCallContext context) =>
        exception is RpcException || context.CancellationToken.IsCancellationRequested;

    private RpcException Map(Exception exception, ServerCallContext context)
    {
        foreach (var service in services)
        {
            // A method is written /service/method.
            if (context.Method.AsSpan(1).StartsWith(service.ServiceName + "/", StringComparison.Ordinal) && service.Map(exception) is { } error)
            {
                return error.ToRpcException();
            }
        }

        LogUnexpected(exception, context.Method);
        return new RpcError(StatusCode.Internal, Domain, "UNEXPECTED", "Something unexpected happened; the server's log says what.").ToRpcException();
    }

    [LoggerMessage(LogLevel.Error, "{Method} failed unexpectedly.")]
    private partial void LogUnexpected(Exception exception, string method);
}
