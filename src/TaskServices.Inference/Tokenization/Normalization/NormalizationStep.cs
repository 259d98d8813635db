namespace TaskServices.Inference.Tokenization.Normalization;

/// <summary>Normalizes the text.</summary>
internal sealed class NormalizationStep(IReadOnlyList<ITextNormalizer> normalizers, EncodingStep next) : EncodingStep
{
    public override void Encode(ReadOnlySpan<char> text, bool atStart, ref TokenBuffer tokens)
    {
        var normalized = text.ToString();
        foreach (var normalizer in normalizers)
        {
            if (normalized.Length == 0)
                return;
            normalized = normalizer.Normalize(normalized);
        }

        if (normalized.Length > 0)
            next.Encode(normalized, atStart, ref tokens);
    }
}
