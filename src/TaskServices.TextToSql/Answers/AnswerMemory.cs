using TaskServices.TextToSql.Generation;
using TaskServices.TextToSql.Guard;

namespace TaskServices.TextToSql.Answers;

/// <summary>What is remembered of a principal's answers: to give them again, and to know them when feedback names them.</summary>
internal sealed class AnswerMemory(AnswerState state, Principal principal, TextToSqlMetrics? metrics)
{
    /// <returns>The answer given before to the same question of a caller who sees the same; null where there is none.</returns>
    public SqlPrediction? Find(RegisteredDatabase database, string databaseName, string question, bool mayExecute) =>
        state.Cache.Find(Key(database, databaseName, question, mayExecute), database.Values) is { } answer ? answer with { IsCached = true, EndpointCost = null } : null;

    /// <summary>
    /// Keeps an answer. Abstentions and refusals are not kept: another try may do better. Nor is SQL that speaks of the caller by itself, without a row
    /// policy: it means somebody else for the next one.
    /// </summary>
    public void Keep(RegisteredDatabase database, string databaseName, string question, bool mayExecute, SqlPrediction answer)
    {
        if (answer.Status is PredictionStatus.Answered && answer.Parameters.Keys.All(database.Grant.PolicyParameters.Contains))
            state.Cache.Put(Key(database, databaseName, question, mayExecute), database.Values, answer);
    }

    /// <summary>Counts an answer and gives it its id.</summary>
    public SqlPrediction Issue(string databaseName, string question, SqlPrediction answer)
    {
        metrics?.RecordAnswer(answer);
        return answer with { AnswerId = state.Issued.Issue(new(principal.Tenant, principal.Name, databaseName, question, answer.Sql)) };
    }

    private AnswerKey Key(RegisteredDatabase database, string databaseName, string question, bool mayExecute) => new(
        databaseName.ToUpperInvariant(), principal.Tenant, database.Schema.Fingerprint, database.Grant.Fingerprint, AnswerKey.Normalise(question), mayExecute);
}
