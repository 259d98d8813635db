using TaskServices.Cli;
using TaskServices.Inference;
using TaskServices.Testing;

namespace TaskServices.Integration.Tests;

public sealed class MetricsTests
{
    private const string Question = "How many customers are there?";

    private static readonly Dictionary<string, string> Databases =
        new() { ["chinook"] = "sqlite:" + TestFiles.InRepository("examples", "chinook", "Chinook_Sqlite.sqlite") };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Scrape_AfterAQuestion_HasTokensTimesAndCostAndNoText()
    {
        InferenceHost? host = null;
        await using (var server = await RunningServer.StartAsync(
            async (services, stop) => Composition.CreateTextToSql(host = await OpenAsync(services, stop), adapter: null, await new ServedDatabases(Databases).CheckAsync(stop)),
            waitUntilReady: true))
        {
            await server.Client.GenerateSqlAsync(new() { SchemaId = "chinook", Question = Question }, cancellationToken: Cancellation);

            using var response = await server.Rest.GetAsync(new Uri("/metrics", UriKind.Relative), Cancellation);
            response.EnsureSuccessStatusCode();
            var text = await response.Content.ReadAsStringAsync(Cancellation);

            Assert.Equal("text/plain", response.Content.Headers.ContentType!.MediaType);
            foreach (var series in new[]
            {
                "gen_ai_server_request_duration_seconds_count", "gen_ai_server_time_to_first_token_seconds_bucket",
                "gen_ai_server_time_per_output_token_seconds_sum", "gen_ai_client_token_usage_sum", "taskservices_inference_queue_length",
                "taskservices_inference_batch_size_bucket", "taskservices_inference_step_duration_seconds_sum",
                "taskservices_inference_prefix_cache_usage_bytes", "taskservices_inference_prefix_cache_lookups_total",
                "taskservices_inference_model_time_seconds_total", "taskservices_inference_cost_per_1000_tokens",
                "http_server_request_duration_seconds_count", "dotnet_gc_collections_total",
            })
            {
                Assert.Contains("\n" + series, text, StringComparison.Ordinal);
            }

            Assert.Contains("execution_provider=\"CPUExecutionProvider\"", text, StringComparison.Ordinal);
            Assert.Contains("gen_ai_token_type=\"output\"", text, StringComparison.Ordinal);
            Assert.DoesNotContain("customers", text, StringComparison.OrdinalIgnoreCase);
        }

        await host!.DisposeAsync();
    }

    private static Task<InferenceHost> OpenAsync(IServiceProvider services, CancellationToken cancellationToken) =>
        Composition.OpenModelAsync(
            ModelChoice.From(model: null, adapter: null, cache: null),
            new(),
            cancellationToken,
            new InferenceOptions { MachineCostPerHour = 0.1 },
            services);
}
