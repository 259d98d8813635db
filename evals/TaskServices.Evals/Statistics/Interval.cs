namespace TaskServices.Evals.Statistics;

/// <summary>A 95 % confidence interval.</summary>
internal readonly record struct Interval(double Lower, double Upper);
