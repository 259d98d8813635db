using TaskServices.TextToSql.Knowledge;

namespace TaskServices.TextToSql.Answers;

/// <summary>
/// What outlives an answer: the latest answers, in memory only, and what survives a restart in a folder: schemas that callers gave, verified
/// queries and feedback.
/// </summary>
/// <remarks>Safe for use from several threads.</remarks>
public sealed class AnswerState : IDisposable
{
    private AnswerState(GivenSchemas schemas, FeedbackStore feedback, IVerifiedQueries verifiedQueries) =>
        (Schemas, Feedback, VerifiedQueries) = (schemas, feedback, verifiedQueries);

    public GivenSchemas Schemas { get; }

    public IVerifiedQueries VerifiedQueries { get; }

    internal FeedbackStore Feedback { get; }

    internal AnswerCache Cache { get; } = new();

    internal IssuedAnswers Issued { get; } = new();

    /// <summary>Opens what a folder holds, which is made where it is missing.</summary>
    /// <param name="directory">Null keeps everything in memory.</param>
    /// <exception cref="TextToSqlException">
    /// Reason <c>STATE_IN_USE</c>, <c>STATE_UNREADABLE</c>, <c>STATE_UNWRITABLE</c> or <c>VERIFIED_QUERIES_UNREADABLE</c>.
    /// </exception>
    public static AnswerState Open(string? directory)
    {
        var schemas = GivenSchemas.Open(PathOf("schemas.jsonl"));
        FeedbackStore? feedback = null;
        try
        {
            feedback = FeedbackStore.Open(PathOf("feedback.jsonl"));
            if (PathOf("verified-queries.jsonl") is { } path)
                HalfLine.Cut(path);
            return new(schemas, feedback, VerifiedQueryFile.Open(PathOf("verified-queries.jsonl")));
        }
        catch
        {
            feedback?.Dispose();
            schemas.Dispose();
            throw;
        }

        string? PathOf(string name) => directory is null ? null : Path.Combine(directory, name);
    }

    public void Dispose()
    {
        Schemas.Dispose();
        Feedback.Dispose();
    }
}
