using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace TaskServices.TextToSql.Answers.Routing;

/// <summary>Asks an OpenAI-compatible chat endpoint, with bounds on time and size. Safe for use from several threads.</summary>
internal sealed class ChatEndpoint : IDisposable
{
    private const int MaxCompletionTokens = 512;
    private const int MaxReplyBytes = 1 << 20;
    private const int MaxTries = 3;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    private readonly EndpointOptions _options;
    private readonly HttpClient _http;

    public ChatEndpoint(EndpointOptions options)
    {
        _options = options;
        _http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) }, disposeHandler: true)
        {
            Timeout = System.Threading.Timeout.InfiniteTimeSpan,
            MaxResponseContentBufferSize = MaxReplyBytes,
        };
        if (options.ApiKey is { } key)
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key.Reveal());
    }

    /// <returns>Null where there was no usable reply in time: rate limits and failures are tried again first.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<EndpointReply?> AskAsync(string instruction, string question, CancellationToken cancellationToken)
    {
        using var time = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        time.CancelAfter(Timeout);
        try
        {
            for (var attempt = 1; ; attempt++)
            {
                var (reply, wait) = await TryAsync(instruction, question, attempt, time.Token).ConfigureAwait(false);
                if (wait is null || attempt >= MaxTries)
                    return reply;
                await Task.Delay(wait.Value, time.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    public void Dispose() => _http.Dispose();

    /// <returns>A reply, or how long to wait before the next try; neither where another try would not help.</returns>
    private async Task<(EndpointReply? Reply, TimeSpan? Wait)> TryAsync(string instruction, string question, int attempt, CancellationToken cancellationToken)
    {
        var wait = TimeSpan.FromMilliseconds(250 * Math.Pow(2, attempt));
        try
        {
            using var response = await _http.PostAsJsonAsync(
                _options.BaseUrl.AbsoluteUri.TrimEnd('/') + "/chat/completions",
                new
                {
                    model = _options.Model,
                    temperature = 0,
                    max_tokens = MaxCompletionTokens,
                    messages = new[] { new { role = "system", content = instruction }, new { role = "user", content = question } },
                },
                cancellationToken).ConfigureAwait(false);
            if (response.StatusCode is HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError)
                return (null, response.Headers.RetryAfter?.Delta is { } told && told < LongestWait ? told : wait);
            if (!response.IsSuccessStatusCode)
                return (null, null);
            var completion = await response.Content.ReadFromJsonAsync<ChatCompletion>(cancellationToken).ConfigureAwait(false);
            return (completion?.Choices is [{ Message.Content: { } text }, ..] ? new EndpointReply(text, completion.Usage?.PromptTokens ?? 0, completion.Usage?.CompletionTokens ?? 0) : null, null);
        }
        catch (HttpRequestException)
        {
            return (null, wait);
        }
        catch (JsonException)
        {
            return (null, null);
        }
    }
}
