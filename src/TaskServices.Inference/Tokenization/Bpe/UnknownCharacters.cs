using System.Text;

namespace TaskServices.Inference.Tokenization.Bpe;

/// <summary>Writes characters that a vocabulary lacks: as their UTF-8 bytes, else as the unknown token, else not at all.</summary>
/// <param name="byteTokens">The tokens of the 256 bytes, -1 where one is absent; null where there are none.</param>
/// <param name="unknownTokenId">The unknown token, or null.</param>
/// <param name="fusesUnknown">Whether a run of unknown characters is one token.</param>
internal sealed class UnknownCharacters(int[]? byteTokens, int? unknownTokenId, bool fusesUnknown)
{
    public void Write(Rune character, Span<int> tokenIds, ref int count)
    {
        if (byteTokens is not null && TryWriteBytes(byteTokens, character, tokenIds, ref count))
            return;
        if (unknownTokenId is { } unknown && !(fusesUnknown && count > 0 && tokenIds[count - 1] == unknown))
            tokenIds[count++] = unknown;
    }

    private static bool TryWriteBytes(int[] byteTokens, Rune character, Span<int> tokenIds, ref int count)
    {
        Span<byte> bytes = stackalloc byte[4];
        bytes = bytes[..character.EncodeToUtf8(bytes)];
        foreach (var value in bytes)
        {
            if (byteTokens[value] < 0)
                return false;
        }

        foreach (var value in bytes)
            tokenIds[count++] = byteTokens[value];
        return true;
    }
}
