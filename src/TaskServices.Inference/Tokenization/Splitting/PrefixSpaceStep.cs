namespace TaskServices.Inference.Tokenization.Splitting;

/// <summary>Puts a space before each piece that does not begin with one (<c>add_prefix_space</c>).</summary>
internal sealed class PrefixSpaceStep(EncodingStep next) : EncodingStep
{
    public override void Encode(ReadOnlySpan<char> text, bool atStart, ref TokenBuffer tokens) =>
        next.Encode(text[0] == ' ' ? text : string.Concat(" ", text), atStart, ref tokens);
}
