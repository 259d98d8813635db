using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;

namespace TaskServices.ServiceDefaults.Errors;

/// <summary>An error as clients see it: a status code and the details of <c>google.rpc</c> (AIP-193).</summary>
/// <param name="Domain">Who says so, for example <c>text-to-sql.taskservices</c>.</param>
/// <param name="Reason">What clients branch on, in UPPER_SNAKE_CASE.</param>
/// <param name="Message">One line for a person; may change.</param>
public sealed record RpcError(StatusCode Code, string Domain, string Reason, string Message)
{
    /// <summary>Gets the values that the message speaks of.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();

    /// <summary>Gets the bad fields of the request, all of them.</summary>
    public IReadOnlyList<FieldViolation> FieldViolations { get; init; } = [];

    /// <summary>Gets when to try again, or null where that would not help.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Gets the resource that is missing, or null.</summary>
    public MissingResource? Resource { get; init; }

    /// <summary>Makes the exception that gRPC turns into the status and its details.</summary>
    public RpcException ToRpcException()
    {
        var info = new ErrorInfo { Domain = Domain, Reason = Reason };
        info.Metadata.Add(Metadata.ToDictionary());
        var status = new Google.Rpc.Status { Code = (int)Code, Message = Message, Details = { Any.Pack(info) } };
        if (FieldViolations.Count > 0)
        {
            var badRequest = new BadRequest();
            badRequest.FieldViolations.AddRange(FieldViolations.Select(
                violation => new BadRequest.Types.FieldViolation { Field = violation.Field, Description = violation.Description }));
            status.Details.Add(Any.Pack(badRequest));
        }

        if (RetryAfter is { } delay)
        {
            status.Details.Add(Any.Pack(new RetryInfo { RetryDelay = delay.ToDuration() }));
        }

        if (Resource is { } resource)
        {
            status.Details.Add(Any.Pack(new ResourceInfo { ResourceType = resource.Type, ResourceName = resource.Name, Description = Message }));
        }

        return status.ToRpcException();
    }
}

/// <summary>One bad field of a request.</summary>
/// <param name="Field">Path as the proto spells it, for example <c>schema_id</c>.</param>
public sealed record FieldViolation(string Field, string Description);

/// <summary>A resource that a request names and that is not there.</summary>
/// <param name="Type">For example <c>taskservices.text_to_sql/Schema</c>.</param>
public sealed record MissingResource(string Type, string Name);

/// <summary>How one service's exceptions become errors.</summary>
/// <param name="ServiceName">Full gRPC name of the service, for example <c>taskservices.text_to_sql.v1.TextToSqlService</c>.</param>
/// <param name="Map">Gives the error; null where the exception is unexpected.</param>
public sealed record ServiceErrors(string ServiceName, Func<Exception, RpcError?> Map);
