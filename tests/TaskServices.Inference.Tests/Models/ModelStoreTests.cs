using TaskServices.Inference.Models;
using TaskServices.Testing;

namespace TaskServices.Inference.Tests.Models;

public sealed class ModelStoreTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void GetOrImport_Twice_ImportsOnce()
    {
        var store = new ModelStore(_folder.File("cache"));
        var request = TinyGguf();
        var first = store.GetOrImport(request, null, TestContext.Current.CancellationToken);
        var written = File.GetLastWriteTimeUtc(Path.Combine(first, "manifest.json"));
        Assert.Equal(first, store.GetOrImport(request, null, TestContext.Current.CancellationToken));
        Assert.Equal(written, File.GetLastWriteTimeUtc(Path.Combine(first, "manifest.json")));
        Assert.Equal([first], store.List());
    }

    [Fact]
    public void GetOrImport_OtherOptionsOrContent_IsAnotherModel()
    {
        var store = new ModelStore(_folder.File("cache"));
        var request = TinyGguf();
        var copy = _folder.File("copy.gguf");
        File.Copy(request.SourcePath, copy);
        var same = store.GetOrImport(request, null, TestContext.Current.CancellationToken);
        Assert.NotEqual(same, store.GetOrImport(request with { Bits = 8 }, null, TestContext.Current.CancellationToken));
        var bytes = File.ReadAllBytes(copy);
        bytes[^1] ^= 1;
        File.WriteAllBytes(copy, bytes);
        Assert.NotEqual(
            ModelManifest.Read(same).SourceSha256,
            ModelManifest.Read(store.GetOrImport(request with { SourcePath = copy }, null, TestContext.Current.CancellationToken)).SourceSha256);
    }

    [Fact]
    public async Task GetOrImport_ManyAtOnce_AllGetTheSameWholeModel()
    {
        var request = TinyGguf();
        var directories = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(
            () => new ModelStore(_folder.File("cache")).GetOrImport(request, null, TestContext.Current.CancellationToken))));
        Assert.Single(directories.Distinct());
        using var session = ModelSession.Open(directories[0], new ModelSessionOptions { SlotCount = 1, SlotCapacity = 8 });
        Assert.Equal(ModelManifest.Read(directories[0]).VocabularySize, session.VocabularySize);
    }

    [Fact]
    public void GetOrImport_WeightsCutLater_AreImportedAgain()
    {
        var store = new ModelStore(_folder.File("cache"));
        var directory = store.GetOrImport(TinyGguf(), null, TestContext.Current.CancellationToken);
        using (var weights = new FileStream(Path.Combine(directory, "model.onnx.data"), FileMode.Open))
        {
            weights.SetLength(weights.Length / 2);
        }

        Assert.Equal("MODEL_DAMAGED", Assert.Throws<InferenceException>(() => ModelSession.Open(directory, new ModelSessionOptions())).Reason);
        Assert.Equal(directory, store.GetOrImport(TinyGguf(), null, TestContext.Current.CancellationToken));
        ModelSession.Open(directory, new ModelSessionOptions { SlotCount = 1, SlotCapacity = 8 }).Dispose();
    }

    [Fact]
    public void Import_CancelledInTheMiddle_LeavesNothing()
    {
        using var source = new CancellationTokenSource();
        var progress = new ActionProgress(_ => source.Cancel());
        var target = _folder.File("out", "model");
        Assert.ThrowsAny<OperationCanceledException>(() => ModelImporter.Import(TinyGguf(), target, progress, source.Token));
        Assert.Empty(Directory.GetFileSystemEntries(_folder.File("out")));
    }

    [Fact]
    public void Import_TruncatedSource_LeavesNothing()
    {
        var copy = _folder.File("cut.gguf");
        File.WriteAllBytes(copy, File.ReadAllBytes(TinyGguf().SourcePath).AsSpan(0, 90_000));
        var exception = Assert.Throws<InferenceException>(
            () => ModelImporter.Import(new ModelImportRequest { SourcePath = copy }, _folder.File("out", "model"), null, TestContext.Current.CancellationToken));
        Assert.Equal("MODEL_FILE_TRUNCATED", exception.Reason);
        Assert.False(Directory.Exists(_folder.File("out")));
    }

    [Fact]
    public void Import_StagingOfADeadProcess_IsRemoved()
    {
        var stale = _folder.File(".model.0123.tmp");
        Directory.CreateDirectory(stale);
        File.WriteAllText(Path.Combine(stale, ".lock"), string.Empty);
        File.WriteAllText(Path.Combine(stale, "model.onnx.data"), "half");
        ModelImporter.Import(TinyGguf(), _folder.File("model"), null, TestContext.Current.CancellationToken);
        Assert.False(Directory.Exists(stale));
    }

    [Fact]
    public void Import_OccupiedFolder_IsRefusedAndUntouched()
    {
        var target = _folder.File("mine");
        Directory.CreateDirectory(target);
        File.WriteAllText(Path.Combine(target, "thesis.txt"), "precious");
        var exception = Assert.Throws<InferenceException>(() => ModelImporter.Import(TinyGguf(), target, null, TestContext.Current.CancellationToken));
        Assert.Equal("MODEL_OUTPUT_EXISTS", exception.Reason);
        Assert.Equal("precious", File.ReadAllText(Path.Combine(target, "thesis.txt")));
    }

    [Fact]
    public void Import_UnwritableFolder_IsATypedError()
    {
        File.WriteAllText(_folder.File("file"), string.Empty);
        var exception = Assert.Throws<InferenceException>(
            () => ModelImporter.Import(TinyGguf(), _folder.File("file", "model"), null, TestContext.Current.CancellationToken));
        Assert.Equal("MODEL_WRITE_FAILED", exception.Reason);
        Assert.DoesNotContain('\n', exception.Message);
    }

    [Fact]
    public void Import_Gguf_KeepsItsTokenizer()
    {
        var request = TinyGguf();
        ModelImporter.Import(request, _folder.File("model"), null, TestContext.Current.CancellationToken);
        using var source = GgufFile.Open(request.SourcePath);
        using var tokenizer = GgufFile.Open(_folder.File("model", "tokenizer.gguf"));
        Assert.Empty(tokenizer.Tensors);
        Assert.Equal(source.Metadata.Keys, tokenizer.Metadata.Keys);
        Assert.All(source.Metadata, entry => Assert.Equal(entry.Value, tokenizer.Metadata[entry.Key]));
    }

    [Fact]
    public void Import_Progress_EndsAtTheTotal()
    {
        var reports = new List<ImportProgress>();
        ModelImporter.Import(TinyGguf(), _folder.File("model"), new ActionProgress(reports.Add), TestContext.Current.CancellationToken);
        Assert.NotEmpty(reports);
        Assert.Equal(reports[^1].TotalBytes, reports[^1].DoneBytes);
    }

    private static ModelImportRequest TinyGguf()
    {
        var path = TestFiles.TryShared("fixtures", "gguf", "tiny-llama.gguf");
        Assert.SkipWhen(path is null, "The reference folder is absent.");
        return new ModelImportRequest { SourcePath = path, Bits = 32 };
    }

    private sealed class ActionProgress(Action<ImportProgress> action) : IProgress<ImportProgress>
    {
        public void Report(ImportProgress value) => action(value);
    }
}
