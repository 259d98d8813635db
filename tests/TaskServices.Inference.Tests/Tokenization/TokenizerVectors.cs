using System.Text.Json;
using TaskServices.Testing;

namespace TaskServices.Inference.Tests.Tokenization;

/// <summary>Texts and their token IDs as the reference implementations made them.</summary>
internal static class TokenizerVectors
{
    /// <summary>Gets a tokenizer fixture's path; skips the test where the reference folder is absent.</summary>
    public static string Fixture(params string[] parts)
    {
        var path = TestFiles.TryShared(["fixtures", .. parts]);
        Assert.SkipWhen(path is null, "the reference folder ../shared is absent");
        return path!;
    }

    public static IReadOnlyList<(string Text, int[] Ids, string Decoded)> Read(string path)
    {
        var rows = new List<(string, int[], string)>();
        foreach (var line in File.ReadLines(path))
        {
            var row = JsonSerializer.Deserialize<JsonElement>(line);
            var text = row.GetProperty("text").GetString()!;
            var ids = row.GetProperty("ids").Deserialize<int[]>()!;
            if (!row.TryGetProperty("decoded", out var decoded))
                Assert.True(row.GetProperty("decoded_equals_text").GetBoolean());
            rows.Add((text, ids, decoded.ValueKind is JsonValueKind.String ? decoded.GetString()! : text));
        }

        Assert.True(rows.Count > 100);
        return rows;
    }
}
