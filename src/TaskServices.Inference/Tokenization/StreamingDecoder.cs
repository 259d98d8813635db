using System.Text;

namespace TaskServices.Inference.Tokenization;

/// <summary>
/// Turns tokens into text one by one, each time as far as the text is whole characters: a character whose bytes are spread over several
/// tokens appears with the last of them. Control tokens add nothing.
/// </summary>
/// <remarks>
/// The pieces together equal the UTF-8 decoding of the tokens' bytes, with U+FFFD for bytes that are not UTF-8. One instance serves one
/// sequence; it is not safe for use from several threads.
/// </remarks>
public sealed class StreamingDecoder(ITokenizer tokenizer)
{
    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();

    /// <summary>Adds a token and gets the text that it completes, which may be empty.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="tokenId"/> is outside the vocabulary.</exception>
    public string Append(int tokenId) => Decode(tokenizer.GetTokenBytes(tokenId), flush: false);

    /// <summary>Ends the sequence and gets what is left of it: U+FFFD where a character was cut off, else nothing.</summary>
    public string Complete() => Decode([], flush: true);

    private string Decode(ReadOnlySpan<byte> bytes, bool flush)
    {
        // The decoder keeps an incomplete character even where it writes none, so it has to run each time.
        var text = new char[_decoder.GetCharCount(bytes, flush)];
        _decoder.GetChars(bytes, text, flush);
        return new string(text);
    }
}
