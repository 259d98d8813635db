using System.Text.Json;
using TaskServices.Inference.Models;
using TaskServices.Testing;

namespace TaskServices.Inference.Tests.Models;

public sealed class MalformedFileTests
{
    public static TheoryData<string> Malformed() => Names("must_fail");

    public static TheoryData<string> WellFormed() => Names("must_load");

    [Theory]
    [MemberData(nameof(Malformed))]
    public void Open_MalformedFile_NamesTheFileInOneLine(string name)
    {
        var path = Folder(name);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var exception = Assert.Throws<InferenceException>(() => Read(path));
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.StartsWith("MODEL_FILE_", exception.Reason, StringComparison.Ordinal);
        Assert.Contains(path, exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', exception.Message);
        Assert.InRange(allocated, 0, 4 << 20);
    }

    [Theory]
    [MemberData(nameof(WellFormed))]
    public void Open_WellFormedFile_ReadsEveryTensor(string name) => Read(Folder(name));

    private static string Folder(string name)
    {
        var path = TestFiles.TryShared("fixtures", "gguf", "malformed", name);
        Assert.SkipWhen(path is null, "The reference folder is absent.");
        return path;
    }

    private static void Read(string path)
    {
        using ITensorSource file = path.EndsWith(".gguf", StringComparison.Ordinal) ? GgufFile.Open(path) : SafetensorsFile.Open(path);
        foreach (var tensor in file.Tensors.Values)
        {
            file.ReadRows(tensor.Name, 0, new float[tensor.Rows * tensor.Columns]);
        }
    }

    private static TheoryData<string> Names(string property)
    {
        var path = TestFiles.TryShared("fixtures", "gguf", "malformed", "malformed.json");
        if (path is null)
        {
            return ["absent"];
        }

        using var json = JsonDocument.Parse(File.ReadAllText(path));
        var entries = json.RootElement.GetProperty(property);
        return [.. entries.ValueKind == JsonValueKind.Array
            ? entries.EnumerateArray().Select(entry => entry.GetString()!)
            : entries.EnumerateObject().Select(entry => entry.Name)];
    }
}
