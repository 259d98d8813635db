namespace TaskServices.Inference.Service.OpenAi;

/// <summary>An error in the shape of OpenAI's API.</summary>
/// <param name="status">HTTP status.</param>
/// <param name="type">OpenAI's class of error, for example <c>invalid_request_error</c>.</param>
/// <param name="code">What clients branch on.</param>
/// <param name="parameter">The field of the request that is at fault, or null.</param>
internal sealed class OpenAiException(int status, string type, string code, string? parameter, string message, TimeSpan? retryAfter = null)
    : Exception(message)
{
    public int Status { get; } = status;

    public string Type { get; } = type;

    public string Code { get; } = code;

    public string? Parameter { get; } = parameter;

    /// <summary>Gets when to try again, or null.</summary>
    public TimeSpan? RetryAfter { get; } = retryAfter;

    public static OpenAiException Invalid(string code, string? parameter, string message) =>
        new(400, "invalid_request_error", code, parameter, message);
}
