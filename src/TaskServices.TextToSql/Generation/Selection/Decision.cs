namespace TaskServices.TextToSql.Generation.Selection;

/// <summary>Makes the prediction out of judged candidates.</summary>
internal static class Decision
{
    /// <param name="candidates">The best first; at least one.</param>
    public static SqlPrediction Make(CandidateSearch search, IReadOnlyList<JudgedCandidate> candidates, TextToSqlOptions options)
    {
        var best = candidates[0].Candidate;
        var prediction = new SqlPrediction
        {
            Status = PredictionStatus.Answered,
            Sql = best.Verdict.Sql,
            ExecutableSql = best.Verdict.ExecutableSql,
            Parameters = best.Verdict.Parameters,
            CompactSql = best.CompactSql,
            Explanation = best.Explanation,
            Confidence = search.Abstains ? 0 : candidates[0].Probability * Math.Min(1, search.Answerability / Math.Max(options.Selection.AnswerableAt, 1e-9)),
            CandidateCount = search.CompletionCount,
            PromptTokenCount = search.PromptTokenCount,
            CachedPromptTokenCount = search.CachedPromptTokenCount,
            CompletionTokenCount = search.CompletionTokenCount,
        };
        if (search.Abstains || (best.Verdict.Accepted && search.Answerability < options.Selection.AnswerableAt))
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

        if (prediction.Confidence < options.AbstainBelow)
        {
            return prediction with
            {
                Status = PredictionStatus.Unanswerable,
                Reason = "LOW_CONFIDENCE",
                Message = "The model is not sure enough of its reading. Name the table or the column you mean.",
            };
        }

        var readings = prediction.Confidence < options.ClarifyBelow ? Readings.Find(candidates) : [];
        return readings.Count < 2 ? prediction : prediction with
        {
            Status = PredictionStatus.NeedsClarification,
            Reason = "SEVERAL_READINGS",
            Message = "Several readings are likely: " + string.Join("; ", readings.Select((reading, i) => $"({i + 1}) {reading.Description}")) + ". Say which you mean.",
            Readings = readings,
        };
    }
}
