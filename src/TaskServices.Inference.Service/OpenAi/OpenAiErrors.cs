using System.Globalization;
using Microsoft.AspNetCore.Http;
using TaskServices.Inference.Decoding;
using TaskServices.Inference.Scheduling;
using TaskServices.ServiceDefaults.Loading;

namespace TaskServices.Inference.Service.OpenAi;

/// <summary>Turns exceptions into errors of OpenAI's shape.</summary>
internal static class OpenAiErrors
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    /// <returns>Null where the exception is unexpected.</returns>
    public static OpenAiException? From(Exception exception) => exception switch
    {
        OpenAiException error => error,
        ModelLoadingException => new(503, "service_unavailable_error", "MODEL_LOADING", null, exception.Message, RetryAfter),
        EngineBusyException busy => new(429, "rate_limit_error", busy.Reason, null, busy.Message, busy.RetryAfter),
        InferenceException { Reason: "PROMPT_TOO_LONG" } => OpenAiException.Invalid("context_length_exceeded", "messages", exception.Message),
        InferenceException { Reason: "PROMPT_EMPTY" or "TOKEN_ID_OUT_OF_RANGE" } error => OpenAiException.Invalid(error.Reason, "prompt", error.Message),
        InferenceException { Reason: "ADAPTER_NOT_FOUND" } => new(404, "invalid_request_error", "model_not_found", "model", exception.Message),
        InferenceException { Reason: "CHAT_TEMPLATE_UNSUPPORTED" or "REQUEST_INVALID" } error => OpenAiException.Invalid(error.Reason, null, error.Message),
        InferenceException { Reason: "GRAMMAR_BUDGET_TOO_SMALL" } error => OpenAiException.Invalid(error.Reason, "max_tokens", error.Message),
        InferenceException { Reason: "GRAMMAR_FAILED" } => null,
        GrammarException error => OpenAiException.Invalid(error.Reason, "grammar", error.Message),
        InferenceException { Reason: "GRAMMAR_DEAD_END" } error => OpenAiException.Invalid(error.Reason, "grammar", error.Message),
        InferenceException { Reason: "ENGINE_STOPPED" } error => new(503, "service_unavailable_error", error.Reason, null, error.Message, RetryAfter),
        BadHttpRequestException { StatusCode: 413 } => new(413, "invalid_request_error", "request_too_large", null, TooLarge),
        BadHttpRequestException error => OpenAiException.Invalid("bad_request", null, error.Message),
        _ => null,
    };

    public static string TooLarge { get; } = $"The request is larger than {RequestFields.MaxBytes:N0} bytes; shorten it.";

    public static OpenAiException Unexpected { get; } =
        new(500, "server_error", "UNEXPECTED", null, "Something unexpected happened; the server's log says what.");

    public static object ToBody(OpenAiException error) => new { error = new { error.Message, error.Type, param = error.Parameter, error.Code } };

    public static async Task WriteAsync(HttpContext context, OpenAiException error)
    {
        context.Response.StatusCode = error.Status;
        if (error.RetryAfter is { } delay)
            context.Response.Headers.RetryAfter = Math.Max(1, (int)Math.Ceiling(delay.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        await context.Response.WriteAsJsonAsync(ToBody(error), OpenAiJson.Options, context.RequestAborted);
    }
}
