using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace TaskServices.TextToSql.Audit;

/// <summary>
/// One record as it stands in the file: a JSON object whose last member is <c>hash</c>, the SHA-256 of the previous record's hash (64 hexadecimal
/// digits) followed by the record's own bytes without that member. The bytes as written are the canonical form.
/// </summary>
/// <param name="Sequence">Number of the record, from 1.</param>
/// <param name="Previous">Hash of the record before; zeros for the first.</param>
/// <param name="IsIntact">Whether the hash is that of the record.</param>
/// <param name="TornBytes">In a repair: how many bytes were left of a record that was being written.</param>
/// <param name="TornSha256">In a repair: their hash.</param>
internal sealed record AuditLine(long Sequence, string Kind, string Previous, string Hash, bool IsIntact, long? TornBytes, string? TornSha256)
{
    public const string Repair = "repair";

    /// <summary>No line is longer; texts are cut before.</summary>
    public const int MaxBytes = 1 << 20;

    private const int HashLength = 64;

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Gets how every record begins.</summary>
    public static ReadOnlySpan<byte> Beginning => "{\"seq\":"u8;

    /// <summary>Gets what stands for the hash before the first record.</summary>
    public static string NoHash { get; } = new('0', HashLength);

    private static ReadOnlySpan<byte> HashMember => ",\"hash\":\""u8;

    private static int SuffixLength => HashMember.Length + HashLength + 2;

    /// <summary>Writes a record and its line end.</summary>
    /// <returns>The line's bytes, and the record's hash.</returns>
    public static (byte[] Line, string Hash) Write(long sequence, DateTimeOffset time, string kind, string previous, Action<Utf8JsonWriter> writeFields)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            json.WriteNumber("seq", sequence);
            json.WriteString("time", time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture));
            json.WriteString("kind", kind);
            writeFields(json);
            json.WriteString("prev", previous);
            json.WriteEndObject();
        }

        var hash = Compute(previous, buffer.WrittenSpan);
        return ([.. buffer.WrittenSpan[..^1], .. HashMember, .. Encoding.ASCII.GetBytes(hash), .. "\"}\n"u8], hash);
    }

    /// <summary>Reads a line without its end.</summary>
    /// <returns>Null where it is no record at all.</returns>
    public static AuditLine? Parse(ReadOnlyMemory<byte> line)
    {
        if (line.Length <= SuffixLength || !line.Span[^SuffixLength..].StartsWith(HashMember))
            return null;
        try
        {
            using var document = JsonDocument.Parse(line);
            var root = document.RootElement;
            var (previous, hash) = (root.GetProperty("prev").GetString()!, root.GetProperty("hash").GetString()!);
            var isRepair = root.TryGetProperty("torn_bytes", out var torn);
            return new(
                root.GetProperty("seq").GetInt64(),
                root.GetProperty("kind").GetString()!,
                previous,
                hash,
                hash == Compute(previous, [.. line.Span[..^SuffixLength], (byte)'}']),
                isRepair ? torn.GetInt64() : null,
                isRepair ? root.GetProperty("torn_sha256").GetString() : null);
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    public static string Compute(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    private static string Compute(string previous, ReadOnlySpan<byte> record) => Compute([.. Encoding.UTF8.GetBytes(previous), .. record]);
}
