using Google.Rpc;
using Grpc.Core;
using TaskServices.Inference.Decoding;
using TaskServices.Inference.Scheduling;

namespace TaskServices.Inference.Service.Remote;

/// <summary>Turns statuses back into the exceptions that a host in this process throws.</summary>
internal static class RemoteErrors
{
    /// <param name="address">The host, for the message.</param>
    public static Exception ToException(RpcException exception, Uri address, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
            return new OperationCanceledException(exception.Message, exception, cancellationToken);
        var status = exception.GetRpcStatus();
        var info = status?.GetDetail<ErrorInfo>();
        var retryAfter = status?.GetDetail<RetryInfo>()?.RetryDelay?.ToTimeSpan();
        if (info?.Domain == InferenceErrors.Domain)
            return FromReason(exception, info.Reason, retryAfter);
        return exception.StatusCode switch
        {
            StatusCode.Unauthenticated => new InferenceException(
                "ACCESS_DENIED", $"The inference host at {address} asks for a token that this process does not have; check --inference-token-file.", exception),
            StatusCode.DeadlineExceeded => new InferenceException("DEADLINE_EXCEEDED", "The request's deadline passed.", exception),
            // A connection that breaks in the middle of an answer is INTERNAL or CANCELLED to the client library, and UNKNOWN to some proxies.
            StatusCode.Unavailable or StatusCode.Internal or StatusCode.Cancelled or StatusCode.Unknown when info is null => new RemoteHostException(
                "HOST_UNAVAILABLE",
                $"The inference host at {address} cannot be reached or broke off ({exception.StatusCode}); start it, or check the address.",
                retryAfter,
                exception),
            _ => new InferenceException(
                "HOST_FAILED", $"The inference host at {address} failed ({exception.StatusCode}, {info?.Reason ?? "no reason"}); its log says why.", exception),
        };
    }

    private static InferenceException FromReason(RpcException exception, string reason, TimeSpan? retryAfter)
    {
        var message = exception.Status.Detail;
        return exception.StatusCode switch
        {
            StatusCode.ResourceExhausted when retryAfter is { } delay => new EngineBusyException(reason, message, delay),
            StatusCode.Unavailable => new RemoteHostException(reason, message, retryAfter, exception),
            StatusCode.InvalidArgument when reason.StartsWith("GRAMMAR_", StringComparison.Ordinal) => new GrammarException(reason, message),
            _ => new InferenceException(reason, message, exception),
        };
    }
}
