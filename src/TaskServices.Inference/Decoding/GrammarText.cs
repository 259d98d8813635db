using System.Security.Cryptography;
using System.Text;

namespace TaskServices.Inference.Decoding;

/// <summary>A grammar as requests carry it: its text, known by the text's hash. It is parsed and compiled where it is used.</summary>
/// <remarks>Immutable and safe for several threads. Keep one instance for each text: the hash is computed once.</remarks>
/// <param name="text">In the language of <see cref="Grammar"/>.</param>
public sealed class GrammarText(string text)
{
    private string? _sha256;

    /// <summary>Gets the grammar's text.</summary>
    public string Text { get; } = text ?? throw new ArgumentNullException(nameof(text));

    /// <summary>Gets the SHA-256 of the text's UTF-8 bytes, in lower-case hexadecimal.</summary>
    public string Sha256 => _sha256 ??= Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Text)));
}
