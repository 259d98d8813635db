using TaskServices.Evals.Execution;

namespace TaskServices.Evals.Tests.Execution;

public sealed class ReadOnlyDatabaseTests : IDisposable
{
    private const string Endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";

    private readonly TinyDatabase _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Execute_Query_GivesTypedCells()
    {
        using var database = Open();
        var outcome = database.Execute("SELECT 1, 1.5, 'ä', NULL, x'00FF'");
        Assert.Equal(QueryStatus.Executed, outcome.Status);
        Assert.Equal([1L, 1.5, "ä", null, new Blob("00ff")], Assert.Single(outcome.Rows));
    }

    [Fact]
    public void Execute_StringInDoubleQuotes_IsAString()
    {
        using var database = Open();
        Assert.Equal(2L, Assert.Single(database.Execute("SELECT id FROM singer WHERE name = \"Bob\"").Rows)[0]);
    }

    [Fact]
    public void Execute_UndecodableText_DropsBytes()
    {
        using var database = Open();
        Assert.Equal("ab", Assert.Single(database.Execute("SELECT CAST(x'61FF62' AS TEXT)").Rows)[0]);
    }

    [Fact]
    public void Execute_EndlessQuery_IsInterruptedAndConnectionStillWorks()
    {
        using var database = Open(TimeSpan.FromMilliseconds(200));
        Assert.Equal(QueryStatus.TimedOut, database.Execute(Endless).Status);
        Assert.True(database.Execute("SELECT 1").IsExecuted);
    }

    [Fact]
    public void Execute_CancelledWhileRunning_Throws()
    {
        using var source = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        using var database = new ReadOnlyDatabase(_folder.Path, new ExecutionLimits(TimeSpan.FromMinutes(5)), source.Token);
        Assert.Throws<OperationCanceledException>(() => database.Execute(Endless));
    }

    [Theory]
    [InlineData("DELETE FROM singer")]
    [InlineData("DROP TABLE singer")]
    [InlineData("INSERT INTO singer VALUES (9, 'x', 1)")]
    [InlineData("UPDATE singer SET age = 1")]
    [InlineData("CREATE TEMP TABLE t(a)")]
    [InlineData("PRAGMA user_version = 5")]
    [InlineData("BEGIN")]
    public void Execute_Write_IsRefusedAndFileUnchanged(string sql)
    {
        var before = File.ReadAllBytes(_folder.Path);
        using (var database = Open())
        {
            Assert.Equal(QueryStatus.NotReadOnly, database.Execute(sql).Status);
            Assert.Equal(3L, Assert.Single(database.Execute("SELECT count(*) FROM singer").Rows)[0]);
        }

        Assert.Equal(before, File.ReadAllBytes(_folder.Path));
    }

    [Fact]
    public void Execute_AttachOrVacuumInto_TouchesNoOtherFile()
    {
        var other = _folder.Path + ".other";
        using var database = Open();
        Assert.False(database.Execute($"ATTACH DATABASE '{other}' AS o").IsExecuted);
        Assert.False(database.Execute($"VACUUM INTO '{other}'").IsExecuted);
        Assert.False(File.Exists(other));
    }

    [Theory]
    [InlineData("SELEC 1")]
    [InlineData("SELECT missing FROM singer")]
    [InlineData("SELECT 1; SELECT 2")]
    [InlineData("SELECT 1; DROP TABLE singer")]
    [InlineData("-- nothing")]
    [InlineData("SELECT 1\0")]
    public void Execute_NotOneStatement_IsInvalid(string sql)
    {
        using var database = Open();
        Assert.Equal(QueryStatus.Invalid, database.Execute(sql).Status);
    }

    [Fact]
    public void Execute_SemicolonAndCommentAtTheEnd_Runs()
    {
        using var database = Open();
        Assert.True(database.Execute("SELECT 1 ; -- done").IsExecuted);
    }

    [Fact]
    public void Execute_FailureWhileRunning_IsFailedNotInvalid()
    {
        using var database = Open();
        var outcome = database.Execute("SELECT abs(-9223372036854775807 - 1)");
        Assert.Equal(QueryStatus.Failed, outcome.Status);
        Assert.True(outcome.IsValid);
    }

    [Fact]
    public void Execute_MoreRowsThanAllowed_IsTooLarge()
    {
        using var database = new ReadOnlyDatabase(_folder.Path, new ExecutionLimits(TimeSpan.FromSeconds(30), Rows: 2), CancellationToken.None);
        Assert.Equal(QueryStatus.TooLarge, database.Execute("SELECT name FROM singer").Status);
    }

    [Fact]
    public void Constructor_NotADatabase_SaysSo()
    {
        File.WriteAllText(_folder.Path, new string('x', 5_000));
        Assert.Equal("DATABASE_UNREADABLE", Assert.Throws<EvaluationException>(() => Open()).Reason);
    }

    private ReadOnlyDatabase Open(TimeSpan? duration = null) =>
        new(_folder.Path, new ExecutionLimits(duration ?? TimeSpan.FromSeconds(30)), CancellationToken.None);
}
