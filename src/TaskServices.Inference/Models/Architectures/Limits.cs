namespace TaskServices.Inference.Models.Architectures;

/// <summary>Bounds on a configuration's numbers, far above any published model, so that a damaged one is refused.</summary>
internal static class Limits
{
    public const int Layers = 512;

    public const int Width = 1 << 17;

    public const int FeedForward = 1 << 20;

    public const int Vocabulary = 1 << 22;

    public const int Heads = 1 << 10;

    public const int HeadSize = 1 << 10;

    public const int Experts = 256;

    public const int Context = 1 << 24;

    /// <summary>Longest sequence that rotary tables are written for (they take 4 * head size bytes a position).</summary>
    public const int WrittenContext = 1 << 15;
}
