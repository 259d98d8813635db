namespace TaskServices.TextToSql.Generation.Selection;

/// <summary>What executing a candidate gave, as far as choosing among candidates needs it.</summary>
/// <param name="Failed">The engine refused it, failed or took too long.</param>
/// <param name="RowCount">Rows read, at most <see cref="CandidateRunner.MaxRows"/>.</param>
/// <param name="ColumnCount">Columns of the result.</param>
/// <param name="IsBlank">Every cell is null, or the only cell is null or zero.</param>
/// <param name="Signature">Equal for equal results, rows in any order; empty where it failed.</param>
internal sealed record CandidateRun(bool Failed, int RowCount, int ColumnCount, bool IsBlank, string Signature)
{
    public static CandidateRun Failure { get; } = new(true, 0, 0, false, "");
}
