using TaskServices.Inference.Scheduling;
using TaskServices.Inference.Tokenization;
using TaskServices.TextToSql.Compact;
using TaskServices.TextToSql.Guard;
using TaskServices.TextToSql.Sql;
using TaskServices.TextToSql.Sql.Ast;
using TaskServices.TextToSql.Sql.Explanation;
using TaskServices.TextToSql.Sql.Translation;

namespace TaskServices.TextToSql.Generation;

/// <summary>The candidates of one question, each checked as it arrives. The first that passes every check is the answer.</summary>
internal sealed class CandidateList(RegisteredDatabase database, ITokenizer tokenizer, TextToSqlOptions options)
{
    private readonly List<Candidate> _candidates = [];
    private int _promptTokenCount;
    private int _cachedPromptTokenCount;
    private int _completionTokenCount;

    public bool HasAccepted => _candidates.Any(candidate => candidate.Verdict.Accepted);

    /// <summary>Gets whether the model's own first word was that the schema does not hold the answer.</summary>
    public bool Abstains => _candidates is [{ CompactSql: SchemaGrammar.Abstention }, ..];

    public void Add(Completion completion)
    {
        if (_candidates.Count == 0)
        {
            (_promptTokenCount, _cachedPromptTokenCount) = (completion.PromptTokenCount, completion.CachedPromptTokenCount);
        }

        _completionTokenCount += completion.TokenIds.Count;
        _candidates.Add(Check(tokenizer.Decode([.. completion.TokenIds]).Trim(), Confidence.Compute(completion)));
    }

    public SqlPrediction ToPrediction(TimeSpan duration)
    {
        var best = _candidates.Find(candidate => candidate.Verdict.Accepted) ?? _candidates[^1];
        var prediction = new SqlPrediction
        {
            Status = PredictionStatus.Answered,
            Sql = best.Verdict.Sql,
            ExecutableSql = best.Verdict.ExecutableSql,
            Parameters = best.Verdict.Parameters,
            CompactSql = best.CompactSql,
            Explanation = best.Explanation,
            Confidence = Abstains ? 0 : best.Confidence,
            CandidateCount = _candidates.Count,
            PromptTokenCount = _promptTokenCount,
            CachedPromptTokenCount = _cachedPromptTokenCount,
            CompletionTokenCount = _completionTokenCount,
            Duration = duration,
        };
        if (Abstains)
        {
            return prediction with
            {
                Status = PredictionStatus.Unanswerable,
                Reason = "NOT_IN_SCHEMA",
                Message = "The database does not seem to hold the answer. Name the table or the column you mean.",
            };
        }

        if (!best.Verdict.Accepted)
        {
            return prediction with
            {
                Status = PredictionStatus.Refused,
                Reason = best.Verdict.Reason,
                Message = $"Nothing that the model wrote passed the checks: {best.Verdict.Message}",
            };
        }

        return best.Confidence >= options.AbstainBelow
            ? prediction
            : prediction with
            {
                Status = PredictionStatus.Unanswerable,
                Reason = "LOW_CONFIDENCE",
                Message = "The model is not sure enough of its reading. Name the table or the column you mean.",
            };
    }

    private Candidate Check(string compactSql, double confidence)
    {
        if (compactSql == SchemaGrammar.Abstention)
        {
            return new(compactSql, confidence, new() { Accepted = false, Reason = "NOT_IN_SCHEMA", Message = "The model abstained." }, null);
        }

        try
        {
            var expansion = CompactSql.Expand(compactSql, database.Schema);
            var query = database.Dialect is SqlDialect.Sqlite ? expansion.Query : Translate(expansion, database.Dialect);
            var result = SqlGuard.Check(query, database.Dialect, database.FullSchema, database.Grant, options.Guard);
            return new(
                compactSql,
                expansion.Repairs.Count == 0 ? confidence : confidence * Confidence.RepairFactor,
                result.Verdict,
                result.Query is null ? null : SqlExplanation.Explain(
                    database.Dialect is SqlDialect.Sqlite ? result.Query : Translate(expansion, SqlDialect.Sqlite), database.Schema));
        }
        catch (TextToSqlException exception)
        {
            return new(compactSql, confidence, new() { Accepted = false, Reason = exception.Reason, Message = exception.Message }, null);
        }
    }

    private Query Translate(CompactExpansion expansion, SqlDialect dialect) => SqlTranslator.Translate(expansion.Query, database.Schema, dialect);

    private sealed record Candidate(string CompactSql, double Confidence, GuardVerdict Verdict, string? Explanation);
}
