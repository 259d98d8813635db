namespace TaskServices.Inference.Tests.Models;

/// <summary>The reference folder's small checkpoints, one for each architecture or variant of one.</summary>
internal static class CheckpointFixtures
{
    public static TheoryData<string> Names =>
    [
        "llama", "llama3", "llama-linear-rope", "mistral", "mixtral", "qwen2", "qwen3", "phi", "phi3", "gemma", "gemma2", "gemma3", "openelm",
    ];
}
