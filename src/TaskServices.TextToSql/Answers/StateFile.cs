using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace TaskServices.TextToSql.Answers;

/// <summary>A JSON-lines file that only grows; what it says is what its lines say one after the other.</summary>
/// <remarks>
/// A line is on the disk when <see cref="Append"/> returns. A last line that a killed process left half written is cut off when the file is
/// opened again. One process at a time has a file. Not thread safe: its owner locks.
/// </remarks>
internal sealed class StateFile<T> : IDisposable
{
    /// <summary>A file is not written beyond this.</summary>
    private const long MaxBytes = 1L << 30;

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseUpper) },
    };

    private readonly string _path;
    private readonly FileStream _stream;

    private StateFile(string path, FileStream stream) => (_path, _stream) = (path, stream);

    /// <summary>Opens a file, or makes it, and applies its lines.</summary>
    /// <exception cref="TextToSqlException">Reason <c>STATE_IN_USE</c>, <c>STATE_UNREADABLE</c> (with the line) or <c>STATE_UNWRITABLE</c>.</exception>
    public static StateFile<T> Open(string path, Action<T> apply)
    {
        FileStream? stream = null;
        var number = 0;
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            stream = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            HalfLine.Cut(stream);
            stream.Position = 0;
            using var reader = new StreamReader(stream, new UTF8Encoding(false, throwOnInvalidBytes: true), leaveOpen: true);
            for (string? line; (line = reader.ReadLine()) is not null;)
            {
                number++;
                if (line.Length > 0)
                    apply(JsonSerializer.Deserialize<T>(line, Json) ?? throw new JsonException("null"));
            }

            stream.Seek(0, SeekOrigin.End);
            return new(path, stream);
        }
        catch (Exception exception) when (exception is JsonException or DecoderFallbackException)
        {
            stream?.Dispose();
            throw new TextToSqlException("STATE_UNREADABLE", FormattableString.Invariant($"{path}, line {number}: cannot be read; correct or remove the line."), exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            stream?.Dispose();
            throw exception is IOException and not DirectoryNotFoundException && File.Exists(path)
                ? new TextToSqlException("STATE_IN_USE", $"{path} is in use by another process; each server needs a state folder of its own.", exception)
                : Unwritable(path, exception);
        }
    }

    /// <exception cref="TextToSqlException">Reason <c>STATE_UNWRITABLE</c>; the line is not there then.</exception>
    public void Append(T line)
    {
        var end = _stream.Length;
        try
        {
            if (end > MaxBytes)
                throw new IOException("The file has reached its bound of 1 GiB.");
            _stream.Write(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(line, Json) + "\n"));
            _stream.Flush(flushToDisk: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            TryCut(end);
            throw Unwritable(_path, exception);
        }
    }

    public void Dispose() => _stream.Dispose();

    private static TextToSqlException Unwritable(string path, Exception exception) =>
        new("STATE_UNWRITABLE", $"{path} cannot be written; check the folder, its permissions and its free space.", exception);

    private void TryCut(long end)
    {
        try
        {
            _stream.SetLength(end);
        }
        catch (IOException)
        {
            // The next opening cuts the half line off.
        }
    }
}
