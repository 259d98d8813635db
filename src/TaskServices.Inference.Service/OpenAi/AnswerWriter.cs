using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace TaskServices.Inference.Service.OpenAi;

/// <summary>Writes the answer of one request, whole or as server-sent events.</summary>
internal sealed class AnswerWriter(IAnswerShape shape, TextGeneration generation, ChoiceRun run)
{
    private static readonly byte[] Done = "data: [DONE]\n\n"u8.ToArray();

    private readonly string _id = shape.IdPrefix + Guid.NewGuid().ToString("N");
    private readonly long _created = DateTimeOffset.UtcNow.ToUnixTimeSeconds();

    private Usage Usage => new(run.PromptTokenCount, run.CompletionTokenCount);

    public async Task WriteWholeAsync(HttpContext context)
    {
        var texts = Enumerable.Range(0, run.ChoiceCount).Select(_ => new StringBuilder()).ToArray();
        var tokens = Enumerable.Range(0, run.ChoiceCount).Select(_ => new List<ChoiceToken>()).ToArray();
        var finishReasons = new string[run.ChoiceCount];
        await foreach (var happened in run.RunAsync(context.RequestAborted))
        {
            texts[happened.Index].Append(happened.Text);
            tokens[happened.Index].AddRange(happened.Tokens);
            if (happened.FinishReason is { } reason)
                finishReasons[happened.Index] = reason;
        }

        var choices = Enumerable.Range(0, run.ChoiceCount)
            .Select(i => shape.Choice(i, texts[i].ToString(), generation.IncludesLogProbabilities ? tokens[i] : null, finishReasons[i]));
        var answer = new Answer(_id, shape.AnswerObject, _created, generation.Model, [.. choices]) { Usage = Usage };
        await context.Response.WriteAsJsonAsync(answer, OpenAiJson.Options, context.RequestAborted);
    }

    /// <summary>Writes events as they come. What fails before the first one still has an HTTP status; later it is an event.</summary>
    public async Task WriteStreamAsync(HttpContext context)
    {
        await using var events = run.RunAsync(context.RequestAborted).GetAsyncEnumerator(context.RequestAborted);
        var isMore = await events.MoveNextAsync();
        context.Response.ContentType = "text/event-stream; charset=utf-8";
        context.Response.Headers.CacheControl = "no-cache";
        for (var i = 0; i < run.ChoiceCount; i++)
        {
            if (shape.Opening(i) is { } opening)
                await WriteEventAsync(context, Event([opening]));
        }

        for (; isMore; isMore = await events.MoveNextAsync())
        {
            var happened = events.Current;
            var tokens = generation.IncludesLogProbabilities ? happened.Tokens : null;
            await WriteEventAsync(context, Event([shape.Part(happened.Index, happened.Text, tokens, happened.FinishReason)]));
        }

        if (generation.IncludesUsage)
            await WriteEventAsync(context, Event([]) with { Usage = Usage });
        await context.Response.Body.WriteAsync(Done, context.RequestAborted);
    }

    public static async Task WriteEventAsync(HttpContext context, object data)
    {
        await context.Response.WriteAsync($"data: {JsonSerializer.Serialize(data, data.GetType(), OpenAiJson.Options)}\n\n", context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
    }

    private Answer Event(IReadOnlyList<object> choices) => new(_id, shape.EventObject, _created, generation.Model, choices);
}
