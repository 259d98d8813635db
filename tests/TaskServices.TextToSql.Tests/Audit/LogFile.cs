using System.Text.Json;
using TaskServices.TextToSql.Audit;

namespace TaskServices.TextToSql.Tests.Audit;

/// <summary>A log in a folder of its own that goes when the test ends.</summary>
internal sealed class LogFile : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("taskservices-audit-");

    public string Path => System.IO.Path.Combine(_folder.FullName, "audit.jsonl");

    public List<string> Warnings { get; } = [];

    public string[] Lines
    {
        get => File.ReadAllLines(Path);
        set => File.WriteAllText(Path, string.Concat(value.Select(line => line + "\n")));
    }

    public IEnumerable<JsonElement> Records => Lines.Select(line => JsonElement.Parse(line));

    public AuditLog Open(bool continueOnFailure = false, params string[] secrets) => AuditLog.Open(new(Path, continueOnFailure), secrets, Warnings.Add);

    /// <summary>Appends questions "q1", "q2", …</summary>
    public async Task FillAsync(int count)
    {
        var log = Open();
        for (var i = 1; i <= count; i++)
            await log.AppendAsync("question", json => json.WriteString("question", "q" + i));
    }

    public AuditReport Verify(string? pin = null) => AuditVerification.Verify(Path, pin);

    public void Dispose() => _folder.Delete(recursive: true);
}
