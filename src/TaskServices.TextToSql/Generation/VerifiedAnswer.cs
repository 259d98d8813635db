using TaskServices.TextToSql.Guard;
using TaskServices.TextToSql.Knowledge;
using TaskServices.TextToSql.Linking;
using TaskServices.TextToSql.Sql.Parsing;

namespace TaskServices.TextToSql.Generation;

/// <summary>Answers a question from the verified queries, without the model, where one differs from it only in its values.</summary>
internal static class VerifiedAnswer
{
    /// <summary>What a person confirmed for these very words; a value put in its place leaves a little doubt.</summary>
    private const double SameConfidence = 0.99, SubstitutedConfidence = 0.95;

    private const int MaxTried = 5;

    /// <returns>An answer that has passed the guard under the caller's grants; null where there is none.</returns>
    public static SqlPrediction? Find(
        RegisteredDatabase database, string databaseName, Principal principal, string question, IReadOnlyList<ValueMatch> matches, TextToSqlOptions options)
    {
        if (options.VerifiedQueries is not { } store)
            return null;
        var asked = QuestionTemplate.Create(question, matches);
        foreach (var (query, _) in store.Find(databaseName, principal.Tenant, question, MaxTried))
        {
            var verified = QuestionTemplate.Create(query.Question, ValueHints.Match(query.Question, database.Values));
            if (TryWrite(query.Sql, verified, asked, database, options) is { Verdict.Accepted: true } result)
            {
                return database.Answer(result) with
                {
                    Confidence = verified.Slots.Select(slot => slot.Text).SequenceEqual(asked.Slots.Select(slot => slot.Text), StringComparer.OrdinalIgnoreCase)
                        ? SameConfidence : SubstitutedConfidence,
                    VerifiedQueryId = query.Id,
                };
            }
        }

        return null;
    }

    private static GuardResult? TryWrite(string sql, QuestionTemplate verified, QuestionTemplate asked, RegisteredDatabase database, TextToSqlOptions options)
    {
        try
        {
            return VerifiedReuse.TryWrite(SqlParser.Parse(sql, database.Dialect), verified, asked) is { } query
                ? database.Check(query, options.Guard)
                : null;
        }
        catch (TextToSqlException)
        {
            // The schema has changed since the query was verified: the model answers.
            return null;
        }
    }
}
