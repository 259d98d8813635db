using System.Security.Cryptography;
using System.Text;
using TaskServices.TextToSql.Audit;

namespace TaskServices.TextToSql.Tests.Audit;

public sealed class AuditLogTests
{
    [Fact]
    public async Task Append_Records_AreChainedAsDocumented()
    {
        using var file = new LogFile();
        await file.FillAsync(3);

        var previous = new string('0', 64);
        foreach (var line in file.Lines)
        {
            var at = line.LastIndexOf(",\"hash\":\"", StringComparison.Ordinal);
            var expected = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(previous + line[..at] + "}")));
            Assert.Equal(line[..at] + $",\"hash\":\"{expected}\"}}", line);
            previous = expected;
        }

        Assert.Equal([1, 2, 3], file.Records.Select(record => record.GetProperty("seq").GetInt32()));
        var report = file.Verify();
        Assert.Equal((3L, 3L, previous, null), (report.Records, report.Questions, report.LastHash, report.Problem));
    }

    [Fact]
    public async Task Append_FiftyWritersOverTwoLogsOfOneFile_KeepsOneChain()
    {
        using var file = new LogFile();
        AuditLog[] logs = [file.Open(), file.Open()];

        await Task.WhenAll(Enumerable.Range(0, 50).Select(writer => Task.Run(async () =>
        {
            for (var i = 0; i < 4; i++)
                await logs[writer % 2].AppendAsync("question", json => json.WriteString("question", $"{writer}/{i}"));
        })));

        var report = file.Verify();
        Assert.Equal((200L, null), (report.Records, report.Problem));
        Assert.Equal(200, file.Records.Select(record => record.GetProperty("question").GetString()).Distinct().Count());
    }

    [Fact]
    public async Task Open_AfterTheLastLineWasCutAnywhere_RepairsAndGoesOn()
    {
        using var file = new LogFile();
        await file.FillAsync(2);
        var whole = File.ReadAllBytes(file.Path);
        var lastLine = whole.AsSpan(0, whole.Length - 1).LastIndexOf((byte)'\n') + 1;
        for (var length = lastLine + 1; length < whole.Length; length += length < whole.Length - 12 ? 7 : 1)
        {
            File.WriteAllBytes(file.Path, whole[..length]);
            var isWholeRecord = length == whole.Length - 1;
            if (!isWholeRecord)
                Assert.StartsWith("line 2: the record is cut", file.Verify().Problem, StringComparison.Ordinal);

            await file.FillAsync(1);

            var report = file.Verify();
            Assert.Null(report.Problem);
            Assert.Equal(3, report.Records);
            Assert.Equal(isWholeRecord ? 0 : 1, report.Repairs.Count);
            if (!isWholeRecord)
                Assert.StartsWith($"line 2: {length - lastLine} bytes of a record whose writer was killed; record 2 says so", report.Repairs[0], StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Open_RepairThatWasCutItself_IsRepaired()
    {
        using var file = new LogFile();
        await file.FillAsync(1);
        File.AppendAllText(file.Path, "{\"seq\":2,\"ti\n{\"seq\":2,\"time\":\"2026-");

        await file.FillAsync(1);

        var report = file.Verify();
        Assert.Equal((3L, null), (report.Records, report.Problem));
        Assert.Single(report.Repairs);
    }

    [Theory]
    [InlineData("some notes\n")]
    [InlineData("some notes")]
    [InlineData("{\"seq\":1,\"kind\":\"question\"}\n")]
    public void Open_FileThatIsNoLog_IsRefusedAndUntouched(string text)
    {
        using var file = new LogFile();
        File.WriteAllText(file.Path, text);
        Assert.Equal("AUDIT_FAILED", Assert.Throws<AuditException>(() => file.Open()).Reason);
        Assert.Equal(text, File.ReadAllText(file.Path));
    }

    [Fact]
    public async Task Open_LastRecordChanged_IsRefused()
    {
        using var file = new LogFile();
        await file.FillAsync(2);
        file.Lines = [file.Lines[0], file.Lines[1].Replace("q2", "q9", StringComparison.Ordinal)];
        Assert.Throws<AuditException>(() => file.Open());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Append_FileShortenedOrGoneMeanwhile_Fails(bool gone)
    {
        using var file = new LogFile();
        var log = file.Open();
        await log.AppendAsync("question", _ => { });
        await log.AppendAsync("question", _ => { });
        if (gone)
            File.Delete(file.Path);
        else
            file.Lines = [file.Lines[0]];
        var exception = await Assert.ThrowsAsync<AuditException>(() => log.AppendAsync("question", _ => { }));
        Assert.Contains(file.Path, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Append_FullDisk_Fails()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && File.Exists("/dev/full"), "there is no /dev/full here");
        using var file = new LogFile();
        File.CreateSymbolicLink(file.Path, "/dev/full");
        var log = file.Open();
        await Assert.ThrowsAsync<AuditException>(() => log.AppendAsync("question", _ => { }));
    }

    [Fact]
    public async Task Append_FailureWithContinue_WarnsAndGoesOn()
    {
        using var file = new LogFile();
        var log = AuditLog.Open(new(Path.Combine(file.Path, "no", "such", "folder"), ContinueOnFailure: true), [], file.Warnings.Add);
        Assert.Null(await log.AppendAsync("question", _ => { }));
        Assert.Equal(2, file.Warnings.Count);
    }

    [Theory]
    [InlineData("use postgres://bob:s3cret@db/shop", "use postgres://bob:***@db/shop")]
    [InlineData("my key is hunter22!", "my key is ***!")]
    [InlineData("Server=x;Password=s3cret;Pooling=true", "Server=x;Password=***;Pooling=true")]
    [InlineData("SELECT * FROM t WHERE api_key = 'it''s' AND a = 'b'", "SELECT * FROM t WHERE api_key = *** AND a = 'b'")]
    [InlineData("SELECT 1 FROM a JOIN b ON a.token = b.token", "SELECT 1 FROM a JOIN b ON a.token = b.token")]
    public void Clean_Text_HasNoCredentials(string text, string expected) => Assert.Equal(expected, new AuditText(["hunter22", ""]).Clean(text));

    [Fact]
    public void Clean_HalfASurrogatePair_IsReplaced() => Assert.Equal("half \ufffd", new AuditText([]).Clean("half " + '\ud800'));
}
