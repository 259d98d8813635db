using System.Security.Cryptography;
using System.Text;

namespace TaskServices.Inference.Service;

/// <summary>One file of a tokenizer, known by its content.</summary>
/// <param name="Name">File name without a folder.</param>
/// <param name="Sha256">SHA-256 of the content in lower-case hexadecimal.</param>
internal sealed record TokenizerFile(string Name, string Sha256, long SizeBytes)
{
    public static TokenizerFile Read(string path)
    {
        using var stream = File.OpenRead(path);
        return new(Path.GetFileName(path), Convert.ToHexStringLower(SHA256.HashData(stream)), stream.Length);
    }

    /// <summary>Computes the hash that stands for all files of a tokenizer, whatever their order.</summary>
    public static string HashOf(IEnumerable<TokenizerFile> files)
    {
        var lines = files.OrderBy(file => file.Name, StringComparer.Ordinal).Select(file => $"{file.Name} {file.Sha256}\n");
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(lines))));
    }
}
