namespace TaskServices.Inference.Tokenization.Normalization;

/// <summary>Replaces every occurrence of one text, which is not empty, with another.</summary>
internal sealed class ReplaceText(string pattern, string content) : ITextNormalizer
{
    public string Normalize(string text) => text.Replace(pattern, content, StringComparison.Ordinal);
}
