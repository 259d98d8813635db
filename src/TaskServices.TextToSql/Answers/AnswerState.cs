namespace TaskServices.TextToSql.Answers;

/// <summary>What outlives an answer: schemas that callers gave. In a folder it survives a restart.</summary>
/// <remarks>Safe for use from several threads.</remarks>
public sealed class AnswerState : IDisposable
{
    private AnswerState(GivenSchemas schemas) => Schemas = schemas;

    public GivenSchemas Schemas { get; }

    /// <summary>Opens what a folder holds, which is made where it is missing.</summary>
    /// <param name="directory">Null keeps everything in memory.</param>
    /// <exception cref="TextToSqlException">Reason <c>STATE_IN_USE</c>, <c>STATE_UNREADABLE</c> or <c>STATE_UNWRITABLE</c>.</exception>
    public static AnswerState Open(string? directory) =>
        new(GivenSchemas.Open(directory is null ? null : Path.Combine(directory, "schemas.jsonl")));

    public void Dispose() => Schemas.Dispose();
}
