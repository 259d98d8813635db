using TaskServices.Inference;
using TaskServices.Inference.Service;
using TaskServices.Inference.Service.Remote;

namespace TaskServices.Integration.Tests.Inference;

/// <summary>What a host says of its tokenizer is checked: the names become paths.</summary>
public sealed class TokenizerCacheTests : IDisposable
{
    private static readonly string Content = """
        {"version": "1.0", "added_tokens": [], "normalizer": null, "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true,
        "use_regex": true}, "post_processor": null, "decoder": {"type": "ByteLevel"}, "model": {"type": "BPE", "dropout": null, "unk_token": null,
        "vocab": {"a": 0, "b": 1}, "merges": []}}
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("taskservices-tokenizers-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("../tokenizer.json")]
    [InlineData("/tmp/tokenizer.json")]
    [InlineData("taskservices.dll")]
    [InlineData("")]
    public async Task LoadAsync_NameThatIsNoTokenizers_IsRefusedBeforeAnythingIsFetched(string name)
    {
        TokenizerFile[] files = [new(name, new string('0', 64), 1)];

        var error = await Assert.ThrowsAsync<InferenceException>(() => new TokenizerCache([_folder]).LoadAsync(
            files, TokenizerFile.HashOf(files), (_, _, _) => throw new InvalidOperationException("fetched"), Cancellation));

        Assert.Equal("TOKENIZER_INVALID", error.Reason);
        Assert.Empty(Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public async Task LoadAsync_OtherBytesThanAnnounced_LeavesNothingBehind()
    {
        var file = Announced();
        var error = await Assert.ThrowsAsync<InferenceException>(() => new TokenizerCache([_folder]).LoadAsync(
            [file], TokenizerFile.HashOf([file]), (_, stream, stop) => stream.WriteAsync("{}"u8.ToArray(), stop).AsTask(), Cancellation));

        Assert.Equal("TOKENIZER_INVALID", error.Reason);
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(_folder, "tokenizers")));
    }

    [Fact]
    public async Task LoadAsync_AgainOrDamaged_FetchesOnlyWhatIsNeeded()
    {
        var file = Announced();
        var fetches = 0;
        var cache = new TokenizerCache([_folder]);
        Task LoadAsync() => cache.LoadAsync([file], TokenizerFile.HashOf([file]), FetchAsync, Cancellation);
        async Task FetchAsync(TokenizerFile wanted, Stream stream, CancellationToken stop)
        {
            fetches++;
            await stream.WriteAsync(System.Text.Encoding.UTF8.GetBytes(Content), stop);
        }

        await LoadAsync();
        await LoadAsync();
        Assert.Equal(1, fetches);

        await File.WriteAllTextAsync(Path.Combine(_folder, "tokenizers", TokenizerFile.HashOf([file]), file.Name), "damaged", Cancellation);
        await LoadAsync();
        Assert.Equal(2, fetches);
    }

    [Fact]
    public async Task LoadAsync_FolderThatCannotBeWritten_TakesTheNext()
    {
        var file = Announced();
        var blocked = Path.Combine(_folder, "file");
        await File.WriteAllTextAsync(blocked, "", Cancellation);
        var cache = new TokenizerCache([blocked, _folder]);

        var tokenizer = await cache.LoadAsync(
            [file], TokenizerFile.HashOf([file]), async (_, stream, stop) => await stream.WriteAsync(System.Text.Encoding.UTF8.GetBytes(Content), stop), Cancellation);

        Assert.Equal([0, 1], tokenizer.Encode("ab"));
    }

    private TokenizerFile Announced()
    {
        var path = Path.Combine(Directory.CreateDirectory(Path.Combine(_folder, "source")).FullName, "tokenizer.json");
        File.WriteAllText(path, Content);
        return TokenizerFile.Read(path);
    }
}
