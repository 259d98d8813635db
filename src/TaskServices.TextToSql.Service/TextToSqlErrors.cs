using Grpc.Core;
using TaskServices.Inference;
using TaskServices.Inference.Scheduling;
using TaskServices.ServiceDefaults.Errors;
using TaskServices.ServiceDefaults.Loading;

namespace TaskServices.TextToSql.Service;

/// <summary>Every error of the text-to-SQL service.</summary>
internal static class TextToSqlErrors
{
    private const string Domain = "text-to-sql.taskservices";
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    public static RpcError? ToRpcError(Exception exception) => exception switch
    {
        InvalidFieldsException error => new(StatusCode.InvalidArgument, Domain, "INVALID_FIELDS", error.Message)
        {
            FieldViolations = error.Violations,
        },
        ModelLoadingException => new(StatusCode.Unavailable, Domain, "MODEL_LOADING", exception.Message) { RetryAfter = RetryAfter },
        UnknownSchemaException error => new(StatusCode.NotFound, Domain, "UNKNOWN_DATABASE", error.Message)
        {
            Resource = new("taskservices.text_to_sql/Schema", error.SchemaId),
            Metadata = new Dictionary<string, string> { ["schema_id"] = error.SchemaId },
        },
        UnknownItemException error => new(StatusCode.NotFound, Domain, error.Reason, error.Message)
        {
            Resource = new("taskservices.text_to_sql/" + error.Kind, error.Id),
            Metadata = new Dictionary<string, string> { ["id"] = error.Id },
        },
        TextToSqlException error => FromReason(error.Reason, error.Message),
        EngineBusyException error =>
            new(StatusCode.ResourceExhausted, Domain, error.Reason, error.Message) { RetryAfter = error.RetryAfter },
        InferenceException { Reason: "PROMPT_TOO_LONG" } error => BadField(error.Reason, error.Message, "question"),
        InferenceException { Reason: "ENGINE_STOPPED" or "MODEL_LOADING" or "HOST_UNAVAILABLE" } error =>
            new(StatusCode.Unavailable, Domain, error.Reason, error.Message) { RetryAfter = RetryAfter },
        InferenceException { Reason: "ADAPTER_NOT_FOUND" or "TOKENIZER_CHANGED" } error =>
            new(StatusCode.FailedPrecondition, Domain, error.Reason, error.Message),
        _ => null,
    };

    private static RpcError FromReason(string reason, string message) => reason switch
    {
        "QUESTION_EMPTY" or "QUESTION_TOO_LONG" or "QUESTION_HAS_CONTROL_CHARACTERS" or "PROMPT_TOO_LONG" => BadField(reason, message, "question"),
        "SQL_REFUSED" => BadField(reason, message, "sql"),
        "SCHEMA_INVALID" or "SCHEMA_TOO_LARGE" or "SQL_SYNTAX" => BadField(reason, message, "ddl"),
        "SCHEMA_EXISTS" => new(StatusCode.AlreadyExists, Domain, reason, message),
        "TOO_MANY_SCHEMAS" => new(StatusCode.ResourceExhausted, Domain, reason, message),
        "STATE_UNWRITABLE" or "VERIFIED_QUERIES_UNWRITABLE" => new(StatusCode.Unavailable, Domain, reason, "The server could not keep this, so nothing was changed.") { RetryAfter = RetryAfter },
        "QUERY_TIMED_OUT" => new(StatusCode.ResourceExhausted, Domain, reason, message),
        "UNKNOWN_PRINCIPAL" => new(StatusCode.Unauthenticated, Domain, reason, message),
        "TENANT_MISMATCH" or "PRINCIPAL_INCOMPLETE" or "NOTHING_GRANTED" or "NOT_AN_OPERATOR" => new(StatusCode.PermissionDenied, Domain, reason, message),
        // The message names the server's file, which is nothing to a client.
        "AUDIT_FAILED" => new(StatusCode.Unavailable, Domain, reason, "The question could not be recorded in the audit log, so it is not answered.") { RetryAfter = RetryAfter },
        "DATABASE_LOCKED" or "DATABASE_BUSY" or "DATABASE_UNREACHABLE" => new(StatusCode.Unavailable, Domain, reason, message) { RetryAfter = RetryAfter },
        _ => new(StatusCode.FailedPrecondition, Domain, reason, message),
    };

    private static RpcError BadField(string reason, string message, string field) =>
        new(StatusCode.InvalidArgument, Domain, reason, message) { FieldViolations = [new(field, message)] };
}

/// <summary>A request names a schema that is not registered.</summary>
internal sealed class UnknownSchemaException(string schemaId)
    : Exception("No schema with this id is registered; ListSchemas has those that are.")
{
    public string SchemaId { get; } = schemaId;
}

/// <summary>A request names a verified query, an answer or feedback that is not there for the caller.</summary>
/// <param name="reason">In UPPER_SNAKE_CASE.</param>
internal sealed class UnknownItemException(string kind, string reason, string id)
    : Exception($"There is no {kind} with this id for you here.")
{
    public string Kind { get; } = kind;

    public string Reason { get; } = reason;

    public string Id { get; } = id;
}
