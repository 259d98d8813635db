using TaskServices.Inference.Tokenization.Bpe;

namespace TaskServices.Inference.Tokenization.Splitting;

/// <summary>When a space mark is put before a text that has none.</summary>
internal enum PrependScheme
{
    /// <summary>Never.</summary>
    Never,

    /// <summary>Before the beginning of the whole text.</summary>
    First,

    /// <summary>Before each piece.</summary>
    Always,
}

/// <summary>Writes spaces as space marks, and puts one in front (Hugging Face tokenizers, <c>Metaspace</c>).</summary>
internal sealed class MetaspaceStep(PrependScheme scheme, EncodingStep next) : EncodingStep
{
    public override void Encode(ReadOnlySpan<char> text, bool atStart, ref TokenBuffer tokens)
    {
        var marked = text.ToString().Replace(' ', CharacterBpeStep.SpaceMark);
        var prepends = scheme is PrependScheme.Always || (scheme is PrependScheme.First && atStart);
        if (prepends && marked[0] != CharacterBpeStep.SpaceMark)
            marked = CharacterBpeStep.SpaceMark + marked;
        next.Encode(marked, atStart, ref tokens);
    }
}
