using System.Text.RegularExpressions;

namespace TaskServices.Inference.Tokenization.Normalization;

/// <summary>Replaces every match of a regular expression with a text.</summary>
internal sealed class ReplacePattern(Regex regex, string content) : ITextNormalizer
{
    public string Normalize(string text)
    {
        try
        {
            return regex.Replace(text, _ => content);
        }
        catch (RegexMatchTimeoutException e)
        {
            throw new InferenceException(
                "TOKENIZER_PATTERN_TOO_SLOW", $"the tokenizer's replacement pattern takes too long on this text: {regex}", e);
        }
    }
}
