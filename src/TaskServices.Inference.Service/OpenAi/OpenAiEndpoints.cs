using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using TaskServices.ServiceDefaults.Loading;

namespace TaskServices.Inference.Service.OpenAi;

/// <summary>The model behind OpenAI's HTTP API, so that existing clients and evaluation tools can use it.</summary>
/// <remarks>
/// <c>/v1/models</c>, <c>/v1/completions</c> and <c>/v1/chat/completions</c> without tools, penalties, echo and the log-probabilities of
/// alternatives; <c>grammar</c> is an extension. What is not supported is refused, never passed over.
/// </remarks>
internal static partial class OpenAiEndpoints
{
    private static readonly long Started = DateTimeOffset.UtcNow.ToUnixTimeSeconds();

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/v1/models", context => AnswerAsync(context, ListModelsAsync));
        endpoints.MapGet("/v1/models/{**model}", context => AnswerAsync(context, GetModelAsync));
        endpoints.MapPost("/v1/completions", context => AnswerAsync(
            context, (_, served) => GenerateAsync(context, served, CompletionRequest.Read, new CompletionShape())));
        endpoints.MapPost("/v1/chat/completions", context => AnswerAsync(
            context, (_, served) => GenerateAsync(context, served, ChatRequest.Read, new ChatShape())));
    }

    private static Task ListModelsAsync(HttpContext context, ServedModel served)
    {
        var names = served.Host.Adapters.List().Select(adapter => adapter.Name).Prepend(served.Host.Model.Name);
        return context.Response.WriteAsJsonAsync(new { @object = "list", data = names.Select(ToModel) }, OpenAiJson.Options, context.RequestAborted);
    }

    private static Task GetModelAsync(HttpContext context, ServedModel served)
    {
        var name = (string)context.Request.RouteValues["model"]!;
        GenerationReader.FindAdapter(served, name);
        return context.Response.WriteAsJsonAsync(ToModel(name), OpenAiJson.Options, context.RequestAborted);
    }

    private static object ToModel(string name) => new { id = name, @object = "model", created = Started, owned_by = "taskservices" };

    private static async Task GenerateAsync(
        HttpContext context, ServedModel served, Func<RequestFields, ServedModel, TextGeneration> read, IAnswerShape shape)
    {
        var generation = read(await RequestFields.ReadAsync(context), served);
        var writer = new AnswerWriter(shape, generation, new ChoiceRun(served.Host, generation));
        await (generation.IsStreamed ? writer.WriteStreamAsync(context) : writer.WriteWholeAsync(context));
    }

    private static async Task AnswerAsync(HttpContext context, Func<HttpContext, ServedModel, Task> answer)
    {
        try
        {
            await answer(context, context.RequestServices.GetRequiredService<LateLoaded<ServedModel>>().Value);
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client has left; its request was cancelled with it.
        }
        catch (Exception exception)
        {
            var error = OpenAiErrors.From(exception);
            if (error is null)
            {
                LogUnexpected(context.RequestServices.GetRequiredService<ILogger<ChoiceRun>>(), exception, context.Request.Path);
                error = OpenAiErrors.Unexpected;
            }

            if (context.Response.HasStarted)
                await AnswerWriter.WriteEventAsync(context, OpenAiErrors.ToBody(error));
            else
                await OpenAiErrors.WriteAsync(context, error);
        }
    }

    [LoggerMessage(LogLevel.Error, "{Path} failed unexpectedly.")]
    private static partial void LogUnexpected(ILogger logger, Exception exception, string path);
}
