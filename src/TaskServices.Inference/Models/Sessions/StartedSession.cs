using Microsoft.ML.OnnxRuntime;
using TaskServices.Inference.Adapters;

namespace TaskServices.Inference.Models.Sessions;

/// <summary>A session and where it runs.</summary>
/// <param name="IsHalf">Whether it runs the fp16 graph.</param>
/// <param name="FallbackReason">Why the CPU is used although a device was allowed or asked for; null where nothing fell back.</param>
internal sealed record StartedSession(InferenceSession Session, bool IsHalf, string? FallbackReason)
{
    /// <summary>Gets the memory of the device that it runs on, or null where it runs on the CPU.</summary>
    public KvMemory? DeviceMemory { get; init; }

    /// <summary>Gets what adds adapters to its runs, or null where it takes none.</summary>
    public SessionAdapters? Adapters { get; init; }
}
