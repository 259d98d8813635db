using System.Text;

namespace TaskServices.Inference.Tokenization.Bpe;

/// <summary>The symbols that a character-level BPE begins with, and the tokens of those that end as none.</summary>
/// <param name="characters">
/// The symbol of each character: its token, or a number from the vocabulary's size up where it only has a part in merges.
/// </param>
/// <param name="virtualCharacters">The characters of the symbols from the vocabulary's size up.</param>
/// <param name="vocabularySize">The number of token IDs.</param>
/// <param name="fallback">What is written for a character without a token.</param>
internal sealed class CharacterSymbols(
    Dictionary<Rune, int> characters, IReadOnlyList<Rune> virtualCharacters, int vocabularySize, UnknownCharacters fallback)
{
    /// <summary>Writes the symbols of a text; three a UTF-16 unit at most.</summary>
    /// <returns>How many symbols were written.</returns>
    public int Write(ReadOnlySpan<char> text, Span<int> symbols)
    {
        var count = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            if (characters.TryGetValue(rune, out var symbol))
                symbols[count++] = symbol;
            else
                fallback.Write(rune, symbols, ref count);
        }

        return count;
    }

    /// <summary>Writes the tokens of merged symbols; four a symbol at most.</summary>
    /// <returns>How many tokens were written.</returns>
    public int ToTokens(ReadOnlySpan<int> symbols, Span<int> tokenIds)
    {
        var count = 0;
        foreach (var symbol in symbols)
        {
            if (symbol < vocabularySize)
                tokenIds[count++] = symbol;
            else
                fallback.Write(virtualCharacters[symbol - vocabularySize], tokenIds, ref count);
        }

        return count;
    }
}
