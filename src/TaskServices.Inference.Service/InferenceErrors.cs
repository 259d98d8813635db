using Grpc.Core;
using TaskServices.Inference.Scheduling;
using TaskServices.ServiceDefaults.Errors;
using TaskServices.ServiceDefaults.Loading;

namespace TaskServices.Inference.Service;

/// <summary>Every error of the inference service.</summary>
internal static class InferenceErrors
{
    public const string Domain = "inference.taskservices";

    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    public static RpcError? ToRpcError(Exception exception) => exception switch
    {
        InvalidFieldsException error => new(StatusCode.InvalidArgument, Domain, "INVALID_FIELDS", error.Message)
        {
            FieldViolations = error.Violations,
        },
        ModelLoadingException => new(StatusCode.Unavailable, Domain, "MODEL_LOADING", exception.Message) { RetryAfter = RetryAfter },
        EngineBusyException error =>
            new(StatusCode.ResourceExhausted, Domain, error.Reason, error.Message) { RetryAfter = error.RetryAfter },
        UnknownResourceException error => new(StatusCode.NotFound, Domain, error.Reason, error.Message)
        {
            Resource = new("taskservices.inference/" + error.ResourceType, error.Name),
            Metadata = new Dictionary<string, string> { ["name"] = error.Name },
        },
        InferenceException error => FromReason(error.Reason, error.Message),
        _ => null,
    };

    private static RpcError? FromReason(string reason, string message) => reason switch
    {
        "PROMPT_EMPTY" or "PROMPT_TOO_LONG" => BadField(reason, message, "prompt_token_ids"),
        "TOKEN_ID_OUT_OF_RANGE" or "REQUEST_INVALID" => new(StatusCode.InvalidArgument, Domain, reason, message),
        "GRAMMAR_BUDGET_TOO_SMALL" => BadField(reason, message, "max_completion_token_count"),
        "GRAMMAR_HASH_MISMATCH" => BadField(reason, message, "sha256"),
        _ when reason.StartsWith("GRAMMAR_", StringComparison.Ordinal) && reason is not "GRAMMAR_FAILED" =>
            new(StatusCode.InvalidArgument, Domain, reason, message),
        "ADAPTER_LIMIT" or "ADAPTER_RANK" => new(StatusCode.ResourceExhausted, Domain, reason, message),
        "DEADLINE_EXCEEDED" => new(StatusCode.DeadlineExceeded, Domain, reason, message),
        "ENGINE_STOPPED" => new(StatusCode.Unavailable, Domain, reason, message) { RetryAfter = RetryAfter },
        "LOGITS_NOT_FINITE" or "GRAMMAR_FAILED" or "MODEL_RUN_FAILED" or "ENGINE_FAILED" => null,
        _ => new(StatusCode.FailedPrecondition, Domain, reason, message),
    };

    private static RpcError BadField(string reason, string message, string field) =>
        new(StatusCode.InvalidArgument, Domain, reason, message) { FieldViolations = [new(field, message)] };
}

/// <summary>A request names something that the server does not have.</summary>
internal sealed class UnknownResourceException(string reason, string resourceType, string name, string message)
    : InferenceException(reason, message)
{
    public string ResourceType { get; } = resourceType;

    public string Name { get; } = name;
}
