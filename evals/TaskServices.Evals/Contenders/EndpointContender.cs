using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Polly;
using Polly.Retry;
using TaskServices.Evals.Datasets;
using TaskServices.TextToSql.Answers.Routing;
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
internal sealed class EndpointContender : IContender
{
    private const int MaxCompletionTokens = 512;

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
            var sql = ReplySql.Extract(text);
            return new Prediction
            {
                Status = sql is null ? PredictionStatus.Unanswerable : PredictionStatus.Answered,
                Sql = sql,
                PromptTokens = (int?)answer.Usage?.PromptTokens,
                CompletionTokens = (int?)answer.Usage?.CompletionTokens,
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

    private async Task<ChatCompletion> AskAsync(Example example, CancellationToken cancellationToken)
    {
        var request = new
        {
            model = _options.Model,
            temperature = 0,
            max_tokens = MaxCompletionTokens,
            messages = new[]
            {
                new { role = "system", content = ReplySql.Instruction("SQLite") },
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

        return await response.Content.ReadFromJsonAsync<ChatCompletion>(cancellationToken) ?? throw new JsonException("The endpoint answered null.");
    }
}
