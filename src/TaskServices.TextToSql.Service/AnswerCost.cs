namespace TaskServices.TextToSql.Service;

/// <summary>What the time of an answer costs.</summary>
/// <param name="machineCostPerHour">In any currency; 0 for unknown.</param>
internal sealed class AnswerCost(double machineCostPerHour)
{
    /// <returns>Null where the machine's cost is not known.</returns>
    public double? Of(TimeSpan duration) => machineCostPerHour > 0 ? machineCostPerHour * duration.TotalHours : null;
}
