using TaskServices.Inference.Models;
using TaskServices.Inference.Tokenization;
using TaskServices.Testing;

namespace TaskServices.Inference.Tests.Models;

public sealed class PerplexityTests
{
    private const int Tokens = 400;

    [Fact]
    public void Compute_FewerBits_StaysNearFp32()
    {
        using var folder = new TemporaryFolder();
        var reference = Measure(folder, 32);
        Assert.InRange(reference, 10, 100);
        Assert.InRange(Measure(folder, 8) / reference, 0.98, 1.01);
        Assert.InRange(Measure(folder, 4) / reference, 0.98, 1.06);
    }

    [Fact]
    public void Compute_EvenProbabilities_IsTheVocabularySize()
    {
        var path = TestFiles.TryShared("fixtures", "models", "llama");
        Assert.SkipWhen(path is null, "The reference folder is absent.");
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.File("even"));
        File.Copy(Path.Combine(path, "config.json"), folder.File("even", "config.json"));
        var bytes = File.ReadAllBytes(Path.Combine(path, "model.safetensors"));
        bytes.AsSpan(8 + BitConverter.ToInt32(bytes, 0)).Clear();
        File.WriteAllBytes(folder.File("even", "model.safetensors"), bytes);
        using var session = Open(folder, folder.File("even"), 32);
        Assert.Equal(session.VocabularySize, Perplexity.Compute(session, [1, 2, 3, 4, 5, 6, 7], 4, TestContext.Current.CancellationToken), 1e-2);
    }

    private static double Measure(TemporaryFolder folder, int bits)
    {
        var text = File.ReadAllText(TestFiles.InRepository("evals", "datasets", "perplexity", "text.txt"));
        var tokens = TokenizerLoader.Load(BundledModel.SourcePath).Encode(text, parseSpecialTokens: false);
        using var session = Open(folder, BundledModel.SourcePath, bits);
        return Perplexity.Compute(session, [.. tokens.Take(Tokens)], 256, TestContext.Current.CancellationToken);
    }

    private static ModelSession Open(TemporaryFolder folder, string source, int bits)
    {
        ModelImporter.Import(new ModelImportRequest { SourcePath = source, Bits = bits }, folder.File($"model-{bits}"), null, TestContext.Current.CancellationToken);
        return ModelSession.Open(folder.File($"model-{bits}"), new ModelSessionOptions { SlotCount = 1, SlotCapacity = 256 });
    }
}
