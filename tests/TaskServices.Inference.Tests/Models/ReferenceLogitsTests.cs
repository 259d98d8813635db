using TaskServices.Inference.Models;
using TaskServices.Testing;

namespace TaskServices.Inference.Tests.Models;

public sealed class ReferenceLogitsTests
{
    [Theory]
    [MemberData(nameof(CheckpointFixtures.Names), MemberType = typeof(CheckpointFixtures))]
    public void Run_Fp32Checkpoint_AgreesWithTheReference(string name)
    {
        var source = TestFiles.TryShared("fixtures", "models", name);
        Assert.SkipWhen(source is null, "The reference folder is absent.");
        AssertAgrees(new ModelImportRequest { SourcePath = source, Bits = 32 }, Path.Combine(source, "expected.json"));
    }

    [Fact]
    public void Run_Fp32Gguf_AgreesWithTheReference()
    {
        var source = TestFiles.TryShared("fixtures", "gguf", "tiny-llama.gguf");
        Assert.SkipWhen(source is null, "The reference folder is absent.");
        AssertAgrees(new ModelImportRequest { SourcePath = source, Bits = 32 }, Path.ChangeExtension(source, "expected.json"));
    }

    [Fact]
    public void Run_MergedAdapter_AgreesWithTheReference()
    {
        var source = TestFiles.TryShared("fixtures", "models", "llama");
        var adapter = TestFiles.TryShared("fixtures", "models", "llama-lora");
        Assert.SkipWhen(source is null || adapter is null, "The reference folder is absent.");
        AssertAgrees(new ModelImportRequest { SourcePath = source, AdapterPath = adapter, Bits = 32 }, Path.Combine(adapter, "expected.json"));
    }

    /// <summary>
    /// The fixture's weights in a GGUF file with llama.cpp's names and layouts, Llama 3's rotary scaling as the tensor that its converter makes
    /// of it among them. It shows that names, keys and layouts are read as they are meant, not that a published file was read.
    /// </summary>
    [Theory]
    [MemberData(nameof(CheckpointFixtures.Names), MemberType = typeof(CheckpointFixtures))]
    public void Run_CheckpointWrittenAsGguf_AgreesWithTheReference(string name)
    {
        var source = TestFiles.TryShared("fixtures", "models", name);
        Assert.SkipWhen(source is null, "The reference folder is absent.");
        using var folder = new TemporaryFolder();
        CheckpointAsGguf.Convert(source, folder.File("model.gguf"));
        AssertAgrees(new ModelImportRequest { SourcePath = folder.File("model.gguf"), Bits = 32 }, Path.Combine(source, "expected.json"));
    }

    private static void AssertAgrees(ModelImportRequest request, string expectedPath)
    {
        using var folder = new TemporaryFolder();
        var directory = folder.File("model");
        ModelImporter.Import(request, directory, null, TestContext.Current.CancellationToken);
        using var session = ModelSession.Open(directory, new ModelSessionOptions { SlotCount = 1, SlotCapacity = 64 });
        var result = ModelCheck.Run(session, expectedPath);
        Assert.True(result.Passed, result.ToString());
    }
}
