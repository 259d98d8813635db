using TaskServices.TextToSql.Knowledge;

namespace TaskServices.TextToSql.Tests.Knowledge;

public sealed class VerifiedQueryFileTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("taskservices-verified-");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string File => Path.Combine(_folder.FullName, "verified.jsonl");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Find_AfterReopening_GivesTheNearestFirst()
    {
        var store = VerifiedQueryFile.Open(File);
        await store.AddAsync(Query("1", "How many singers are there?"), Cancellation);
        await store.AddAsync(Query("2", "How many singers are there in each country?"), Cancellation);
        await store.AddAsync(Query("3", "Which stadium is the largest?"), Cancellation);

        var found = VerifiedQueryFile.Open(File).Find("shop", null, "number of singers in each country", 5);

        Assert.Equal(["2", "1"], found.Select(match => match.Query.Id));
        Assert.All(found, match => Assert.InRange(match.Similarity, 0.01, 1));
    }

    [Fact]
    public async Task AddAsync_SameQuestion_ReplacesIt()
    {
        var store = VerifiedQueryFile.Open(File);
        await store.AddAsync(Query("1", "How many singers?"), Cancellation);
        await store.AddAsync(Query("2", "how many singers? "), Cancellation);

        Assert.Equal("2", Assert.Single(VerifiedQueryFile.Open(File).Find("shop", null, "how many singers", 5)).Query.Id);
    }

    [Fact]
    public async Task Find_OtherTenantOrDatabase_SeesNothing()
    {
        var store = VerifiedQueryFile.Open(File);
        await store.AddAsync(Query("1", "How many singers?") with { Tenant = "north" }, Cancellation);

        Assert.Single(store.Find("SHOP", "north", "how many singers", 5));
        Assert.Empty(store.Find("shop", "south", "how many singers", 5));
        Assert.Empty(store.Find("shop", null, "how many singers", 5));
        Assert.Empty(store.Find("other", "north", "how many singers", 5));
    }

    [Fact]
    public async Task RemoveAsync_KnownAndUnknown_SaysWhich()
    {
        var store = VerifiedQueryFile.Open(File);
        await store.AddAsync(Query("1", "How many singers?"), Cancellation);

        Assert.True(await store.RemoveAsync("1", Cancellation));
        Assert.False(await store.RemoveAsync("1", Cancellation));
        Assert.Empty(VerifiedQueryFile.Open(File).Find("shop", null, "how many singers", 5));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    public async Task AddAsync_EmptyQuestion_IsRefused(string question)
    {
        var refusal = await Assert.ThrowsAsync<TextToSqlException>(() => VerifiedQueryFile.Open(File).AddAsync(Query("1", question), Cancellation));
        Assert.Equal("VERIFIED_QUERY_INVALID", refusal.Reason);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("[1]")]
    public async Task Open_DamagedFile_NamesTheLine(string line)
    {
        await System.IO.File.WriteAllTextAsync(File, "\n" + line, Cancellation);
        var error = Assert.Throws<TextToSqlException>(() => VerifiedQueryFile.Open(File));
        Assert.Equal("VERIFIED_QUERIES_UNREADABLE", error.Reason);
        Assert.Contains("line 2", error.Message, StringComparison.Ordinal);
    }

    private static VerifiedQuery Query(string id, string question) =>
        new(id, "shop", question, "SELECT 1", null, new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero), "ann");
}
