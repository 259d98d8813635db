using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Polly;
using Polly.Retry;
using TaskServices.Evals.Datasets;
using TaskServices.TextToSql.Generation;

namespace TaskServices.Evals.Contenders;

/// <summary>Where an OpenAI-compatible endpoint is and what it costs.</summary>
/// <param name="BaseUrl">Up to and without <c>/chat/completions</c>, for example <c>http://127.0.0.1:8080/v1</c>.</param>
/// <param name="Prices">Null where it is not known.</param>
internal sealed record EndpointOptions(Uri BaseUrl, string Model, string? ApiKey, TokenPrices? Prices);

/// <summary>Asks any model behind an OpenAI-compatible chat endpoint (zero-shot): the whole schema as DDL, three rows of each table, the question.</summary>
/// <remarks>
/// The prompt is the usual strong zero-shot one (CREATE TABLE and three rows), temperature 0. What comes back is executed like any prediction: read
/// only, on a copy, with limits. Rate limits and failures of the server are tried again, up to four times; after that the item counts as an error.
/// </remarks>
internal sealed partial class EndpointContender : IContender
{
    private const int MaxCompletionTokens = 512;
    private const string Abstention = "UNANSWERABLE";
    private const string Instruction =
        "You translate questions into SQLite queries. Answer with one SELECT statement and nothing else. " +
        "If the database cannot answer the question, answer with the single word " + Abstention + ".";

    private readonly EndpointOptions _options;
    private readonly Dictionary<string, Lazy<string>> _schemaByDatabase;
    private readonly HttpClient _http;
    private readonly ResiliencePipeline<HttpResponseMessage> _retries;

    /// <param name="databases">Database id → SQLite file.</param>
    public EndpointContender(EndpointOptions options, IReadOnlyDictionary<string, string> databases)
    {
        _options = options;
        _schemaByDatabase = databases.ToDictionary(pair => pair.Key, pair => new Lazy<string>(() => SchemaScript.Read(pair.Value)));
        _http = new HttpClient { Timeout = TimeSpan.FromMinutes(2) };
        if (options.ApiKey is { } key)
        {
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }

        _retries = new ResiliencePipelineBuilder<HttpResponseMessage>()
            .AddRetry(new RetryStrategyOptions<HttpResponseMessage>
            {
                MaxRetryAttempts = 4,
                BackoffType = DelayBackoffType.Exponential,
                Delay = TimeSpan.FromSeconds(0.5),
                ShouldHandle = arguments => ValueTask.FromResult(
                    arguments.Outcome.Exception is HttpRequestException || arguments.Outcome.Result is { StatusCode: HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError }),
                DelayGenerator = arguments => ValueTask.FromResult(arguments.Outcome.Result?.Headers.RetryAfter?.Delta),
            })
            .Build();
    }

    public IReadOnlyDictionary<string, string> Identity => new Dictionary<string, string>
    {
        ["endpoint"] = _options.BaseUrl.GetLeftPart(UriPartial.Path), // a key in the query stays out of the run's files
        ["endpoint_model"] = _options.Model,
    };

    public async Task<Prediction> PredictAsync(Example example, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        try
        {
            var answer = await AskAsync(example, cancellationToken);
            var text = answer.Choices is [{ Message.Content: { } content }, ..] ? content : "";
            var sql = ExtractSql(text);
            return new Prediction
            {
                Status = sql is null ? PredictionStatus.Unanswerable : PredictionStatus.Answered,
                Sql = sql,
                PromptTokens = answer.Usage?.PromptTokens,
                CompletionTokens = answer.Usage?.CompletionTokens,
                LatencyMs = Stopwatch.GetElapsedTime(started).TotalMilliseconds,
                Cost = answer.Usage is { } usage ? _options.Prices?.Of(usage.PromptTokens, usage.CompletionTokens) : null,
            };
        }
        catch (Exception exception) when (
            exception is HttpRequestException or JsonException || (exception is TaskCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return new Prediction { Status = PredictionStatus.Error, Reason = "ENDPOINT_FAILED", Message = exception.Message };
        }
    }

    public ValueTask DisposeAsync()
    {
        _http.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Takes the statement out of an answer: the last code block if there is one, else the whole text. Null for an abstention.</summary>
    internal static string? ExtractSql(string text)
    {
        var blocks = CodeBlock().Matches(text);
        var sql = (blocks.Count > 0 ? blocks[^1].Groups[1].Value : text).Trim().TrimEnd(';').Trim();
        return sql.Length == 0 || sql.StartsWith(Abstention, StringComparison.OrdinalIgnoreCase) ? null : sql;
    }

    private async Task<ChatAnswer> AskAsync(Example example, CancellationToken cancellationToken)
    {
        var request = new
        {
            model = _options.Model,
            temperature = 0,
            max_tokens = MaxCompletionTokens,
            messages = new[]
            {
                new { role = "system", content = Instruction },
                new { role = "user", content = $"{_schemaByDatabase[example.DatabaseId].Value}\nQuestion: {example.Question}" },
            },
        };
        using var response = await _retries.ExecuteAsync(
            async token => await _http.PostAsJsonAsync(_options.BaseUrl.AbsoluteUri.TrimEnd('/') + "/chat/completions", request, token), cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            var body = await response.Content.ReadAsStringAsync(cancellationToken);
            throw new HttpRequestException($"{(int)response.StatusCode} {response.ReasonPhrase}: {body[..Math.Min(body.Length, 200)].ReplaceLineEndings(" ")}");
        }

        return await response.Content.ReadFromJsonAsync<ChatAnswer>(cancellationToken) ?? throw new JsonException("The endpoint answered null.");
    }

    [GeneratedRegex(@"```(?:sql|sqlite)?\s*\n?(.*?)```", RegexOptions.Singleline | RegexOptions.IgnoreCase)]
    private static partial Regex CodeBlock();

    private sealed record ChatAnswer(
        [property: JsonPropertyName("choices")] IReadOnlyList<ChatChoice>? Choices, [property: JsonPropertyName("usage")] ChatUsage? Usage);

    private sealed record ChatChoice([property: JsonPropertyName("message")] ChatMessage? Message);

    private sealed record ChatMessage([property: JsonPropertyName("content")] string? Content);

    private sealed record ChatUsage(
        [property: JsonPropertyName("prompt_tokens")] int PromptTokens, [property: JsonPropertyName("completion_tokens")] int CompletionTokens);
}
