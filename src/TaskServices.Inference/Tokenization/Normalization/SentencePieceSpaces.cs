using System.Text;
using TaskServices.Inference.Tokenization.Bpe;

namespace TaskServices.Inference.Tokenization.Normalization;

/// <summary>How a SentencePiece model treats spaces (its <c>NormalizerSpec</c>): each becomes a space mark.</summary>
/// <param name="addsPrefix">Whether a space mark goes in front of the text.</param>
/// <param name="removesExtra">Whether spaces at both ends, and repeated ones inside, are dropped first.</param>
internal sealed class SentencePieceSpaces(bool addsPrefix, bool removesExtra) : ITextNormalizer
{
    public string Normalize(string text)
    {
        if (removesExtra)
            text = text.Trim(' ');
        if (text.Length == 0)
            return text;

        var marked = new StringBuilder(text.Length + 1);
        if (addsPrefix)
            marked.Append(CharacterBpeStep.SpaceMark);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != ' ')
                marked.Append(text[i]);
            else if (!removesExtra || text[i - 1] != ' ')
                marked.Append(CharacterBpeStep.SpaceMark);
        }

        return marked.ToString();
    }
}
