using System.Diagnostics.Metrics;
using System.Text.Json;
using TaskServices.TextToSql.Generation;

namespace TaskServices.TextToSql.Answers;

/// <summary>Instruments of the text-to-SQL task. No tag has text of a question or an answer. Thread safe.</summary>
public sealed class TextToSqlMetrics
{
    public const string MeterName = "TaskServices.TextToSql";

    private readonly Counter<long> _answers;
    private readonly Counter<long> _endpointRequests;
    private readonly Counter<double> _endpointCost;

    /// <param name="meterFactory">Makes the meter; owned by the container.</param>
    public TextToSqlMetrics(IMeterFactory meterFactory)
    {
        ArgumentNullException.ThrowIfNull(meterFactory);
        var meter = meterFactory.Create(MeterName);
        _answers = meter.CreateCounter<long>(
            "taskservices.text_to_sql.answers", "{answer}", "Questions by status and by where the SQL came from: model, cache, follow_up, verified_query, endpoint.");
        _endpointRequests = meter.CreateCounter<long>(
            "taskservices.text_to_sql.endpoint.requests", "{request}", "Unsure questions sent to the endpoint by result: accepted, refused (by the guard), abstained, failed.");
        _endpointCost = meter.CreateCounter<double>("taskservices.text_to_sql.endpoint.cost", "{currency}", "What the endpoint's tokens cost, in the currency of its prices.");
    }

    internal void RecordAnswer(SqlPrediction prediction)
    {
        var origin = prediction.IsCached ? "cache" : prediction.VerifiedQueryId is not null ? "verified_query" : JsonNamingPolicy.SnakeCaseLower.ConvertName(prediction.Origin.ToString());
        _answers.Add(1, new("origin", origin), new("status", JsonNamingPolicy.SnakeCaseLower.ConvertName(prediction.Status.ToString())));
    }

    internal void RecordEndpoint(string result, double cost)
    {
        _endpointRequests.Add(1, new KeyValuePair<string, object?>("result", result));
        _endpointCost.Add(cost);
    }
}
