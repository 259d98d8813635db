namespace TaskServices.Inference.Models.Architectures;

/// <summary>The numbers of one model, whichever file they came from.</summary>
internal sealed record ModelConfig
{
    public required Architecture Architecture { get; init; }

    public required int HiddenSize { get; init; }

    public required int HeadSize { get; init; }

    /// <summary>Gets the longest sequence that the model was trained for.</summary>
    public required int ContextLength { get; init; }

    public required float NormEpsilon { get; init; }

    public required IReadOnlyList<LayerConfig> Layers { get; init; }

    /// <summary>Gets how many of a head's dimensions are rotated.</summary>
    public required int RotaryDimensions { get; init; }

    /// <summary>Gets the factor on query-key products; 1/sqrt(head size) unless the model says otherwise.</summary>
    public required float AttentionScale { get; init; }

    /// <summary>Gets c of c * tanh(x / c) on attention scores, or 0.</summary>
    public float AttentionSoftcap { get; init; }

    /// <summary>Gets c of c * tanh(x / c) on the logits, or 0.</summary>
    public float LogitSoftcap { get; init; }

    /// <summary>Gets how many of a sequence's tokens the first form of the graph serves where a second one has other rotary tables; null where there is one.</summary>
    public int? ShortContextLength =>
        Layers.Select(layer => layer.Rope.Factors).FirstOrDefault(factors => factors?.Long is not null && factors.ShortContextLength < ContextLength)?.ShortContextLength;

    public int ExpertCount { get; init; }

    public int ExpertsPerToken { get; init; }
}

/// <summary>The numbers of one layer.</summary>
/// <param name="Window">How many of the last tokens a token sees, itself included; 0 is all.</param>
internal sealed record LayerConfig(int Heads, int KvHeads, int Window, RopeConfig Rope);

/// <summary>Rotary position embedding: base and what stretches it.</summary>
/// <param name="LinearFactor">Positions are divided by it.</param>
internal sealed record RopeConfig(double Base, float LinearFactor = 1, Llama3Scaling? Llama3 = null, RopeFactors? Factors = null);

/// <summary>A divisor for each rotary frequency, found by search rather than by a formula (LongRoPE, arXiv 2402.13753).</summary>
/// <param name="Short">Divisors for sequences of up to <paramref name="ShortContextLength"/> tokens.</param>
/// <param name="Long">Divisors for longer ones; null where <paramref name="Short"/> serves every length.</param>
/// <param name="ShortContextLength">The context length that the model had before it was stretched.</param>
/// <param name="Magnitude">Factor on cosines and sines.</param>
internal sealed record RopeFactors(float[] Short, float[]? Long = null, int ShortContextLength = int.MaxValue, float Magnitude = 1)
{
    /// <summary>Gets the form for sequences longer than <see cref="ShortContextLength"/>.</summary>
    public RopeFactors ForLongSequences() => this with { Short = Long ?? Short, Long = null };
}

/// <summary>Llama 3's scaling: low frequencies are divided by the factor, high ones kept, a smooth ramp between.</summary>
internal sealed record Llama3Scaling(float Factor, float LowFrequencyFactor, float HighFrequencyFactor, int OriginalContextLength);
