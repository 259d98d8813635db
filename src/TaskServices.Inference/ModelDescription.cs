using TaskServices.Inference.Models;

namespace TaskServices.Inference;

/// <summary>What a host runs. Two hosts with equal descriptions give equal greedy completions on one kind of machine.</summary>
public sealed record ModelDescription
{
    /// <summary>Gets the model's name for people, metrics and the OpenAI-compatible endpoint.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the SHA-256 of the content that was imported, in hexadecimal.</summary>
    public required string SourceSha256 { get; init; }

    /// <summary>Gets the SHA-256 of the adapter that was merged at import, or null.</summary>
    public string? MergedAdapterSha256 { get; init; }

    /// <summary>Gets the bits of a weight.</summary>
    public required int Bits { get; init; }

    /// <summary>Gets the most tokens of prompt and completion together.</summary>
    public required int ContextLength { get; init; }

    internal static ModelDescription From(ModelManifest manifest, string name, int contextLength) => new()
    {
        Name = name,
        SourceSha256 = manifest.SourceSha256,
        MergedAdapterSha256 = manifest.AdapterSha256,
        Bits = manifest.Bits,
        ContextLength = contextLength,
    };
}
