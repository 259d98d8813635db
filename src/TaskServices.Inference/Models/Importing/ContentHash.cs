using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace TaskServices.Inference.Models.Importing;

/// <summary>SHA-256 of a model's files, remembered by path, size and time so that a warm start does not read them again.</summary>
/// <param name="memoryFolder">Where hashes are remembered; null remembers nothing.</param>
internal sealed class ContentHash(string? memoryFolder)
{
    /// <summary>Hashes files in order. A single file has its own SHA-256; several have that of names and hashes.</summary>
    public string Compute(IReadOnlyList<string> files, CancellationToken cancellationToken)
    {
        if (files is [var only])
        {
            return OfFile(only, cancellationToken);
        }

        var text = string.Concat(files.Select(file => $"{Path.GetFileName(file)} {OfFile(file, cancellationToken)}\n"));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }

    private string OfFile(string path, CancellationToken cancellationToken)
    {
        var info = new FileInfo(path);
        if (!info.Exists)
        {
            throw ModelFileErrors.Missing(path);
        }

        var entry = new Entry(info.FullName, info.Length, info.LastWriteTimeUtc.Ticks, string.Empty);
        var memory = memoryFolder is null ? null : Path.Combine(memoryFolder, KeyOf(info.FullName) + ".json");
        if (Recall(memory) is { } known && known with { Sha256 = string.Empty } == entry)
        {
            return known.Sha256;
        }

        var hash = Hash(path, cancellationToken);
        Remember(memory, entry with { Sha256 = hash });
        return hash;
    }

    private static string Hash(string path, CancellationToken cancellationToken)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan);
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            var buffer = new byte[1 << 20];
            for (int read; (read = stream.Read(buffer)) > 0;)
            {
                cancellationToken.ThrowIfCancellationRequested();
                hash.AppendData(buffer, 0, read);
            }

            return Convert.ToHexStringLower(hash.GetHashAndReset());
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw ModelFileErrors.Missing(path, exception);
        }
    }

    private static string KeyOf(string path)
    {
        var digest = SHA256.HashData(Encoding.UTF8.GetBytes(path));
        return BinaryPrimitives.ReadUInt64BigEndian(digest).ToString("x16", System.Globalization.CultureInfo.InvariantCulture);
    }

    private static Entry? Recall(string? memory)
    {
        try
        {
            return memory is null || !File.Exists(memory) ? null : JsonSerializer.Deserialize<Entry>(File.ReadAllBytes(memory));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException)
        {
            return null; // Only a shortcut: without it the file is read.
        }
    }

    private static void Remember(string? memory, Entry entry)
    {
        if (memory is null)
        {
            return;
        }

        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(memory)!);
            var temporary = $"{memory}.{Guid.NewGuid():N}.tmp";
            File.WriteAllBytes(temporary, JsonSerializer.SerializeToUtf8Bytes(entry));
            File.Move(temporary, memory, overwrite: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A read-only cache folder costs time, nothing else.
        }
    }

    private sealed record Entry(string Path, long Bytes, long ModifiedTicks, string Sha256);
}
