using Microsoft.ML.OnnxRuntime;

namespace TaskServices.Inference.Models.Sessions;

/// <summary>Memory that a graph reads and writes in place: the host's, or a device's.</summary>
internal abstract class KvMemory : IDisposable
{
    /// <summary>Gets what tells the runtime where the memory is.</summary>
    public abstract OrtMemoryInfo Info { get; }

    /// <summary>Allocates zeroed memory, which lives as long as this object.</summary>
    public abstract nint Allocate(long bytes);

    /// <summary>Copies between two places of this memory that do not overlap.</summary>
    public abstract void Copy(nint from, nint to, long bytes);

    /// <summary>Copies to the host.</summary>
    public abstract void Read(nint from, Span<byte> destination);

    /// <summary>Copies from the host.</summary>
    public abstract void Write(ReadOnlySpan<byte> source, nint to);

    public abstract void Dispose();
}
