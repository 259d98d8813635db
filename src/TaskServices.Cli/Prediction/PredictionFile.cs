using System.Text;
using System.Text.Json;
using TaskServices.Cli.Terminal;

namespace TaskServices.Cli.Prediction;

/// <summary>The predictions file of one run: keeps finished rows over restarts, and its rows in the order of the questions.</summary>
/// <remarks>While it is open no other process can write it. Each row is on the disk's way before the next question starts.</remarks>
internal sealed class PredictionFile : IDisposable
{
    private readonly string _path;
    private readonly FileStream _stream;
    private readonly Dictionary<string, string> _lineById;
    private readonly List<string> _idsInFile;

    private PredictionFile(string path, FileStream stream, Dictionary<string, string> lineById, List<string> idsInFile)
    {
        _path = path;
        _stream = stream;
        _lineById = lineById;
        _idsInFile = idsInFile;
    }

    /// <summary>Opens or creates the file and reads what an earlier run finished; a torn last line is dropped.</summary>
    /// <param name="knownIds">Ids of the questions.</param>
    /// <exception cref="CliException">The file is something else, or belongs to other questions: nothing is overwritten.</exception>
    public static PredictionFile Open(string path, IReadOnlySet<string> knownIds)
    {
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder)
        {
            Directory.CreateDirectory(folder);
        }

        var stream = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        try
        {
            var lineById = new Dictionary<string, string>();
            var idsInFile = new List<string>();
            var length = ReadFinished(path, stream, (id, line) =>
            {
                if (!knownIds.Contains(id))
                {
                    throw CliException.Environment(
                        "OUTPUT_OF_OTHER_QUESTIONS", $"{path} has the id {id}, which the questions lack. Name another file with --out.");
                }

                lineById[id] = line;
                idsInFile.Add(id);
            });
            stream.SetLength(length);
            stream.Position = length;
            return new(path, stream, lineById, idsInFile);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    public bool Contains(string id) => _lineById.ContainsKey(id);

    public void Append(string id, PredictionRow row)
    {
        var line = JsonSerializer.Serialize(row, JsonLines.Options);
        _stream.Write(Encoding.UTF8.GetBytes(line + "\n"));
        _stream.Flush();
        _lineById[id] = line;
        _idsInFile.Add(id);
    }

    /// <summary>Brings the rows into the order of the questions, where an earlier run had other questions between them.</summary>
    public void Sort(IEnumerable<string> idsInOrder)
    {
        var ordered = idsInOrder.Where(_lineById.ContainsKey).ToList();
        if (ordered.SequenceEqual(_idsInFile))
        {
            return;
        }

        // Whole or not at all: the unsorted file stays until the sorted one is complete.
        var next = _path + ".sorting";
        File.WriteAllLines(next, ordered.Select(id => _lineById[id]), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        File.Move(next, _path, overwrite: true);
    }

    public void Dispose() => _stream.Dispose();

    /// <returns>The length of the whole rows.</returns>
    private static long ReadFinished(string path, FileStream stream, Action<string, string> onRow)
    {
        using var reader = new StreamReader(stream, new UTF8Encoding(false), detectEncodingFromByteOrderMarks: false, leaveOpen: true);
        var text = reader.ReadToEnd();
        long length = 0;
        var start = 0;
        for (var end = text.IndexOf('\n'); end >= 0; start = end + 1, end = text.IndexOf('\n', start))
        {
            var line = text[start..end];
            var id = TryReadId(line)
                ?? throw CliException.Environment("OUTPUT_NOT_PREDICTIONS", $"{path} has lines that predict-sql did not write. Name another file with --out.");
            onRow(id, line);
            length += Encoding.UTF8.GetByteCount(line) + 1;
        }

        return length;
    }

    private static string? TryReadId(string line)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            return document.RootElement.ValueKind is JsonValueKind.Object
                && document.RootElement.TryGetProperty("id", out var id) && document.RootElement.TryGetProperty("status", out _)
                    ? id.GetRawText()
                    : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
