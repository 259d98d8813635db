namespace TaskServices.Inference.Tokenization.Normalization;

/// <summary>Puts a text in front.</summary>
internal sealed class Prepend(string prefix) : ITextNormalizer
{
    public string Normalize(string text) => prefix + text;
}
