namespace TaskServices.TextToSql.Execution;

/// <summary>Bounds on one execution; what lies behind a bound is not read, and the result says so.</summary>
/// <param name="Rows">Rows read at most.</param>
/// <param name="ResultBytes">Bytes of all cells read at most.</param>
/// <param name="CellBytes">Longer cells are cut and marked.</param>
/// <param name="Duration">The engine itself is interrupted after this time.</param>
/// <param name="PlanCost">Highest cost that the engine may expect, in its own unit, where it tells one before running; null asks for none.</param>
public sealed record QueryLimits(int Rows, long ResultBytes, int CellBytes, TimeSpan Duration, double? PlanCost = null)
{
    public static QueryLimits Default { get; } = new(1_000, 16L << 20, 1 << 20, TimeSpan.FromSeconds(30));
}
