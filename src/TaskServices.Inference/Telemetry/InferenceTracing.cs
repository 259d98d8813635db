namespace TaskServices.Inference.Telemetry;

/// <summary>The name of the engine's spans, for those who listen to them.</summary>
public static class InferenceTracing
{
    /// <summary>Name of the <see cref="System.Diagnostics.ActivitySource"/>.</summary>
    public const string SourceName = "TaskServices.Inference";
}
