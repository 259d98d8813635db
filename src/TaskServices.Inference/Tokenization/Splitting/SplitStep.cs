namespace TaskServices.Inference.Tokenization.Splitting;

/// <summary>Splits the text at the matches of a scanner.</summary>
internal sealed class SplitStep(
    TextScanner scanner, EncodingStep next, SplitBehavior behavior = SplitBehavior.Isolated, bool invert = false) : EncodingStep
{
    public override void Encode(ReadOnlySpan<char> text, bool atStart, ref TokenBuffer tokens)
    {
        var pieces = new PieceAssembler(text, atStart, behavior, invert, next);
        for (var from = 0; scanner.TryFind(text, from, out var start, out var end); from = end)
            pieces.AddMatch(start, end, ref tokens);
        pieces.Complete(ref tokens);
    }
}
