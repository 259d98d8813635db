namespace TaskServices.Inference.Tokenization.Bpe;

/// <summary>
/// The printable characters that stand for the 256 bytes in the vocabulary of a byte-level BPE (GPT-2's
/// <c>bytes_to_unicode</c>): printable Latin-1 stands for itself, the others count up from U+0100.
/// </summary>
internal static class ByteAlphabet
{
    private const int Size = 256 + 68;

    private static readonly char[] Characters = MakeCharacters();
    private static readonly short[] Bytes = MakeBytes();

    public static char CharacterOf(byte value) => Characters[value];

    /// <summary>Gets the bytes that a token of the vocabulary stands for; null where a character stands for none.</summary>
    public static byte[]? TryDecode(ReadOnlySpan<char> token)
    {
        var bytes = new byte[token.Length];
        for (var i = 0; i < token.Length; i++)
        {
            if (token[i] >= Size || Bytes[token[i]] < 0)
                return null;
            bytes[i] = (byte)Bytes[token[i]];
        }

        return bytes;
    }

    private static char[] MakeCharacters()
    {
        var characters = new char[256];
        var other = (char)256;
        for (var value = 0; value < 256; value++)
            characters[value] = value is >= '!' and <= '~' or >= 0xA1 and <= 0xAC or >= 0xAE ? (char)value : other++;
        return characters;
    }

    private static short[] MakeBytes()
    {
        var bytes = new short[Size];
        Array.Fill(bytes, (short)-1);
        for (var value = 0; value < 256; value++)
            bytes[Characters[value]] = (short)value;
        return bytes;
    }
}
