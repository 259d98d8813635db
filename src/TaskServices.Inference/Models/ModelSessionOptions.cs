namespace TaskServices.Inference.Models;

/// <summary>Where a model runs.</summary>
public enum ExecutionProviderChoice
{
    /// <summary>A CUDA device where the build has the provider and a session really starts on it, else the CPU.</summary>
    Auto,

    Cpu,

    /// <summary>As <see cref="Auto"/>; kept apart so that a fallback is logged as a warning.</summary>
    Cuda,
}

/// <summary>Settings of one loaded model.</summary>
public sealed record ModelSessionOptions
{
    /// <summary>Gets how many sequences are held at once. At least 1. The default is 8.</summary>
    public int SlotCount { get; init; } = 8;

    /// <summary>Gets how many tokens a slot holds; a model with a shorter context bounds it. The default is 2,048.</summary>
    /// <remarks>Memory behind it is committed only as far as sequences really reach.</remarks>
    public int SlotCapacity { get; init; } = 2048;

    /// <summary>Gets the number of threads; null takes the physical cores that the process may use.</summary>
    public int? ThreadCount { get; init; }

    /// <summary>
    /// Gets whether adapters can be loaded at run time. The graph then has an operator behind each matrix product, which takes about a
    /// microsecond where no row has an adapter. On a CUDA device adapters are merged at import only. The default is false.
    /// </summary>
    public bool TakesAdapters { get; init; }

    public ExecutionProviderChoice Provider { get; init; } = ExecutionProviderChoice.Auto;

    /// <summary>Gets the most tokens of one forward pass; longer inputs run in several. At least 4; the default is 512.</summary>
    public int ChunkTokens { get; init; } = 512;

    /// <summary>Gets which CUDA device runs the model. The default is the first, 0.</summary>
    public int DeviceId { get; init; }

    /// <summary>Gets the most bytes that the model and its slots may take on a CUDA device; null takes what is free.</summary>
    public long? DeviceMemoryBytes { get; init; }

    /// <summary>Gets whether the CPU runs the device's fp16 graph, to check its numbers where there is no device.</summary>
    internal bool RunsDeviceGraphOnCpu { get; init; }
}
