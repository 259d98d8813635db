namespace TaskServices.Inference.Models;

/// <summary>Asks for a model to be turned into the runtime's form.</summary>
public sealed record ModelImportRequest
{
    /// <summary>
    /// Gets the source: a <c>.gguf</c> file, a <c>.safetensors</c> file with <c>config.json</c> beside it, or a folder with a checkpoint
    /// (<c>model.safetensors</c> or its index, and <c>config.json</c>) or exactly one <c>.gguf</c> file.
    /// </summary>
    public required string SourcePath { get; init; }

    /// <summary>Gets the folder of a PEFT LoRA adapter to merge into the weights, or null.</summary>
    public string? AdapterPath { get; init; }

    /// <summary>Gets the bits of a weight: 4 or 8 (blocks of 32; 8 is the default), 16 (fp16) or 32 (fp32, for comparisons; without a graph for CUDA).</summary>
    public int Bits { get; init; } = 8;
}

/// <summary>How far an import is.</summary>
/// <param name="DoneBytes">Bytes of weights read so far, in the source's encoding.</param>
/// <param name="TotalBytes">Bytes of weights in the source.</param>
public readonly record struct ImportProgress(long DoneBytes, long TotalBytes);
