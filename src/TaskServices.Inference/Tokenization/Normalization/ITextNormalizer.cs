namespace TaskServices.Inference.Tokenization.Normalization;

/// <summary>Changes text before it is split. Implementations are immutable.</summary>
internal interface ITextNormalizer
{
    /// <summary>Normalizes a text that is not empty; returns the same instance where nothing changes.</summary>
    string Normalize(string text);
}
