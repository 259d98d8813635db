namespace TaskServices.Evals.Commands;

/// <summary>What is written to standard output.</summary>
internal enum OutputFormat
{
    /// <summary>Tables.</summary>
    Human,

    /// <summary>One JSON object a line.</summary>
    Json,
}
