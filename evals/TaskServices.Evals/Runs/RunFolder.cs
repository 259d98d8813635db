using System.Text;
using System.Text.Json;
using TaskServices.Evals.Datasets;

namespace TaskServices.Evals.Runs;

/// <summary>A run's folder: <c>settings.json</c>, <c>examples.jsonl</c> (appended item by item), <c>summary.json</c>, <c>report.html</c>.</summary>
/// <remarks>An item is finished when its line is complete; a torn last line is cut off and its item done again. Thread safe.</remarks>
internal sealed class RunFolder : IDisposable
{
    private readonly FileStream _examples;
    private readonly Lock _lock = new();

    private RunFolder(string path, FileStream examples, IReadOnlyDictionary<string, ExampleResult> finished)
    {
        Path = path;
        _examples = examples;
        Finished = finished;
    }

    public string Path { get; }

    /// <summary>Gets the items that an earlier start finished, by id.</summary>
    public IReadOnlyDictionary<string, ExampleResult> Finished { get; }

    /// <summary>Creates a run's folder, or opens it to continue.</summary>
    /// <exception cref="EvaluationException">
    /// <c>RUN_SETTINGS_MISMATCH</c>, <c>RUN_FOLDER_NOT_EMPTY</c>, <c>RUN_FOLDER_BUSY</c>, <c>RUN_FOLDER_UNWRITABLE</c>, <c>RUN_CORRUPT</c>.
    /// </exception>
    public static RunFolder Open(string path, RunSettings settings)
    {
        try
        {
            Directory.CreateDirectory(path);
            CheckSettings(path, settings);
            var examples = OpenExamples(ExamplesPath(path));
            try
            {
                return new RunFolder(path, examples, ReadFinished(ExamplesPath(path), examples));
            }
            catch
            {
                examples.Dispose();
                throw;
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new EvaluationException("RUN_FOLDER_UNWRITABLE", $"{path}: cannot be written: {exception.Message}", exception);
        }
    }

    public static string ExamplesPath(string folder) => System.IO.Path.Combine(folder, "examples.jsonl");

    public static string SummaryPath(string folder) => System.IO.Path.Combine(folder, "summary.json");

    public static string ReportPath(string folder) => System.IO.Path.Combine(folder, "report.html");

    /// <summary>Reads the items of a run, for reports and comparisons.</summary>
    /// <exception cref="EvaluationException"><c>FILE_NOT_FOUND</c>, <c>DATASET_LINE_INVALID</c>.</exception>
    public static IReadOnlyList<ExampleResult> ReadExamples(string folder) =>
        [.. JsonLines.Read<ExampleResult>(ExamplesPath(folder)).Select(row => row.Row)];

    /// <summary>Appends one finished item and hands it to the operating system before it returns.</summary>
    public void Append(ExampleResult result)
    {
        var line = Encoding.UTF8.GetBytes(JsonSerializer.Serialize(result, Json.Line) + "\n");
        lock (_lock)
        {
            _examples.Write(line);
            _examples.Flush();
        }
    }

    public void Dispose() => _examples.Dispose();

    private static void CheckSettings(string path, RunSettings settings)
    {
        var file = System.IO.Path.Combine(path, "settings.json");
        if (!File.Exists(file))
        {
            if (Directory.EnumerateFileSystemEntries(path).Any())
                throw new EvaluationException("RUN_FOLDER_NOT_EMPTY", $"{path}: holds other files and no run; give an empty or new folder to --out.");
            WriteAtomically(file, JsonSerializer.Serialize(settings, Json.Indented));
            return;
        }

        RunSettings? earlier;
        try
        {
            earlier = JsonSerializer.Deserialize<RunSettings>(File.ReadAllText(file), Json.Indented);
        }
        catch (JsonException exception)
        {
            throw new EvaluationException("RUN_CORRUPT", $"{file}: not readable as settings; delete the folder or give another --out.", exception);
        }

        if (earlier?.Values is null || earlier.Hash != settings.Hash)
        {
            var names = earlier?.Values is null ? "all" : string.Join(", ", settings.DifferencesFrom(earlier));
            throw new EvaluationException(
                "RUN_SETTINGS_MISMATCH",
                $"{path}: holds a run with other settings ({names}); give another --out, or delete the folder to start again.");
        }
    }

    private static FileStream OpenExamples(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        }
        catch (IOException exception) when (File.Exists(path))
        {
            throw new EvaluationException("RUN_FOLDER_BUSY", $"{path}: another process is writing this run; wait for it or give another --out.", exception);
        }
    }

    /// <summary>Reads complete lines, cuts a torn last one off and leaves the stream at its end.</summary>
    private static Dictionary<string, ExampleResult> ReadFinished(string path, FileStream stream)
    {
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        var end = Array.LastIndexOf(bytes, (byte)'\n') + 1;
        stream.SetLength(end);
        stream.Position = end;

        var finished = new Dictionary<string, ExampleResult>(StringComparer.Ordinal);
        var number = 0;
        foreach (var line in Encoding.UTF8.GetString(bytes, 0, end).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            number++;
            try
            {
                var result = JsonSerializer.Deserialize<ExampleResult>(line, Json.Line)!;
                finished[result.Id] = result;
            }
            catch (JsonException exception)
            {
                throw new EvaluationException("RUN_CORRUPT", $"{path}:{number}: not a finished item; remove the line to have it done again.", exception);
            }
        }

        return finished;
    }

    /// <summary>Writes beside the target and renames, so that a reader never sees half a file.</summary>
    public static void WriteAtomically(string path, string text)
    {
        var temporary = path + ".tmp";
        File.WriteAllText(temporary, text);
        File.Move(temporary, path, overwrite: true);
    }
}
