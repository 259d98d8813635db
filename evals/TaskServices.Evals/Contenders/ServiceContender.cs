using TaskServices.Evals.Datasets;
using TaskServices.TextToSql;
using TaskServices.TextToSql.Generation;

namespace TaskServices.Evals.Contenders;

/// <summary>Asks the text-to-SQL service in process, exactly as the command line and the gRPC service do.</summary>
/// <param name="service">Disposed with this contender where it can be.</param>
/// <param name="machineCostPerHour">Cost of the machine, spread over the time of each answer; null where it is not known.</param>
internal sealed class ServiceContender(ITextToSql service, double? machineCostPerHour, IReadOnlyDictionary<string, string> identity) : IContender
{
    public IReadOnlyDictionary<string, string> Identity => identity;

    public async Task<Prediction> PredictAsync(Example example, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await service.AskAsync(example.DatabaseId, example.Question, cancellationToken);
            return new Prediction
            {
                Status = answer.Status,
                Sql = answer.Sql,
                CompactSql = answer.CompactSql,
                Reason = answer.Reason,
                Message = answer.Message,
                Confidence = answer.Confidence,
                CandidateCount = answer.CandidateCount,
                PromptTokens = answer.PromptTokenCount,
                CachedPromptTokens = answer.CachedPromptTokenCount,
                CompletionTokens = answer.CompletionTokenCount,
                LatencyMs = answer.Duration.TotalMilliseconds,
                Cost = machineCostPerHour * answer.Duration.TotalHours,
            };
        }
        catch (TextToSqlException exception)
        {
            // A failed inference is an item that counts as wrong; the run goes on and the report shows the reason.
            return new Prediction { Status = PredictionStatus.Error, Reason = exception.Reason, Message = exception.Message };
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (service is IAsyncDisposable asyncDisposable)
            await asyncDisposable.DisposeAsync();
        else if (service is IDisposable disposable)
            disposable.Dispose();
    }
}
