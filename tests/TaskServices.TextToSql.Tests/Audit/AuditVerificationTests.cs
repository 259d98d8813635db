namespace TaskServices.TextToSql.Tests.Audit;

public sealed class AuditVerificationTests
{
    private const int Count = 6;

    public static TheoryData<string, string[], string> Tamperings => new()
    {
        { "removed", ["1", "2", "4", "5", "6"], "line 3: record 4 stands here, and record 3 was expected" },
        { "first removed", ["2", "3", "4", "5", "6"], "line 1: record 2 stands here, and record 1 was expected" },
        { "swapped", ["1", "3", "2", "4", "5", "6"], "line 2: record 3 stands here, and record 2 was expected" },
        { "repeated", ["1", "2", "2", "3", "4", "5", "6"], "line 3: record 2 stands here again" },
        { "cut in the middle", ["1", "2", "cut 3", "4", "5", "6"], "line 3: no audit record" },
        { "last one cut", ["1", "2", "3", "4", "5", "cut 6"], "line 6: no audit record" },
        { "joined", ["1", "2", "join 3", "5", "6"], "line 3" },
        { "changed", ["1", "2", "change 3", "4", "5", "6"], "line 3: the record was changed" },
        { "inserted", ["1", "2", "", "3", "4", "5", "6"], "line 3: no audit record" },
        { "of another log", ["1", "2", "other 3", "4", "5", "6"], "line 3: record 3 does not follow from the record before it" },
    };

    [Theory]
    [MemberData(nameof(Tamperings))]
    public async Task Verify_TamperedFile_NamesTheLine(string what, string[] lines, string expected)
    {
        Assert.NotEmpty(what);
        using LogFile file = new(), other = new();
        await file.FillAsync(Count);
        await other.FillAsync(Count);
        var original = file.Lines;
        file.Lines = [.. lines.Select(spec => spec.Split(' ') switch
        {
            [""] => "",
            [var n] => original[int.Parse(n, null) - 1],
            ["cut", var n] => original[int.Parse(n, null) - 1][..60],
            ["change", var n] => original[int.Parse(n, null) - 1].Replace("\"q", "\"Q", StringComparison.Ordinal),
            ["join", var n] => original[int.Parse(n, null) - 1] + original[int.Parse(n, null)],
            ["other", var n] => other.Lines[int.Parse(n, null) - 1],
            _ => throw new ArgumentException(spec),
        })];
        var problem = file.Verify().Problem;
        Assert.True(problem?.Contains(expected, StringComparison.Ordinal), problem);
    }

    [Fact]
    public async Task Verify_AnyByteOfTheMiddleChanged_IsFound()
    {
        using var file = new LogFile();
        await file.FillAsync(3);
        var bytes = File.ReadAllBytes(file.Path);
        var start = Array.IndexOf(bytes, (byte)'\n') + 1;
        var end = Array.IndexOf(bytes, (byte)'\n', start);
        for (var i = start; i <= end; i++)
        {
            var changed = (byte[])bytes.Clone();
            changed[i] ^= 1;
            File.WriteAllBytes(file.Path, changed);
            Assert.StartsWith("line 2", file.Verify().Problem, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Verify_TailMissing_IsFoundByThePinOnly()
    {
        using var file = new LogFile();
        await file.FillAsync(Count);
        var pin = file.Verify().LastHash;
        await file.FillAsync(1);
        Assert.Null(file.Verify(pin).Problem);

        file.Lines = file.Lines[..^2];

        Assert.Null(file.Verify().Problem);
        Assert.Contains("the file's tail is missing", file.Verify(pin).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_RepairedLineRemovedOrChanged_IsFound()
    {
        using var file = new LogFile();
        await file.FillAsync(1);
        File.AppendAllText(file.Path, "{\"seq\":2,\"time");
        await file.FillAsync(1);
        var lines = file.Lines;
        Assert.Null(file.Verify().Problem);

        file.Lines = [lines[0], .. lines[2..]];
        Assert.Contains("line 2: the cut line that this repair speaks of was removed", file.Verify().Problem, StringComparison.Ordinal);
        file.Lines = [lines[0], "{\"seq\":2,\"tame", .. lines[2..]];
        Assert.Contains("line 2: no audit record", file.Verify().Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Verify_LineLongerThanAnyRecord_EndsWithinBounds()
    {
        using var file = new LogFile();
        File.WriteAllText(file.Path, new string('x', 5 << 20));
        Assert.StartsWith("line 1", file.Verify().Problem, StringComparison.Ordinal);
    }
}
