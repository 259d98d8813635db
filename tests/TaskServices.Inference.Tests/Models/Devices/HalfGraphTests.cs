using TaskServices.Inference.Models;
using TaskServices.Inference.Models.Onnx;
using TaskServices.Testing;

namespace TaskServices.Inference.Tests.Models.Devices;

/// <summary>
/// The fp16 graph of a CUDA device, run by the CPU: where that has no fp16 kernel, the runtime casts around the operator, so that values between
/// operators are those of the device and products inside one are at least as exact.
/// </summary>
public sealed class HalfGraphTests(BundledModel model) : IClassFixture<BundledModel>
{
    /// <summary>
    /// Largest difference of a logit, in standard deviations of the reference's logits. fp16 keeps 11 bits of each weight and value; these random
    /// models have logits that nearly cancel: rounding the weights alone moves gemma's by 0.022, the whole graph by 0.045 (the others by 0.012).
    /// </summary>
    private const double Tolerance = 0.05;

    [Theory]
    [MemberData(nameof(CheckpointFixtures.Names), MemberType = typeof(CheckpointFixtures))]
    public void Run_SixteenBits_AgreesWithFp32OnCpuAndInDeviceGraph(string name)
    {
        var source = TestFiles.TryShared("fixtures", "models", name);
        Assert.SkipWhen(source is null, "The reference folder is absent.");
        using var folder = new TemporaryFolder();
        var directory = Import(folder, source, bits: 16);
        foreach (var isDeviceGraph in (bool[])[false, true])
        {
            using var session = Open(directory, isDeviceGraph);
            var result = ModelCheck.Run(session, Path.Combine(source, "expected.json"));
            Assert.InRange(result.WorstErrorInStd, 0, Tolerance);
            Assert.Equal(result.Cases, result.FirstTokenMatches);
        }
    }

    [Theory]
    [InlineData(4)]
    [InlineData(8)]
    [InlineData(16)]
    public void Run_DeviceGraphOfTheBundledModel_AgreesWithTheCpu(int bits)
    {
        using var folder = new TemporaryFolder();
        var directory = bits == 8 ? model.Directory : Import(folder, BundledModel.SourcePath, bits);
        using var cpu = Open(directory, isDeviceGraph: false);
        using var device = Open(directory, isDeviceGraph: true);

        // "The capital of France is Paris, and the capital of Italy is"
        var result = DeviceCheck.Run(device, cpu, [504, 3575, 282, 4649, 314, 7042, 28, 284, 260, 3575, 282, 5998, 314]);

        TestContext.Current.TestOutputHelper?.WriteLine(result.ToString());
        Assert.True(result.Passed, result.ToString());
        Assert.Equal(cpu.KvBytesPerToken / 2, device.KvBytesPerToken);
    }

    [Fact]
    public void Run_AnotherModel_IsFoundToDiffer()
    {
        var (llama, mistral) = (TestFiles.TryShared("fixtures", "models", "llama"), TestFiles.TryShared("fixtures", "models", "mistral"));
        Assert.SkipWhen(llama is null || mistral is null, "The reference folder is absent.");
        using var folder = new TemporaryFolder();
        using var cpu = Open(Import(folder, llama, bits: 8), isDeviceGraph: false);
        using var otherFolder = new TemporaryFolder();
        using var device = Open(Import(otherFolder, mistral, bits: 8), isDeviceGraph: true);
        Assert.SkipWhen(cpu.VocabularySize != device.VocabularySize, "The fixtures have other vocabularies.");

        Assert.False(DeviceCheck.Run(device, cpu, [1, 5, 9]).Passed);
    }

    [Fact]
    public void Import_ThirtyTwoBits_HasNoDeviceGraphAndSaysSo()
    {
        var source = TestFiles.TryShared("fixtures", "models", "llama");
        Assert.SkipWhen(source is null, "The reference folder is absent.");
        using var folder = new TemporaryFolder();

        Assert.Empty(Directory.GetFiles(Import(folder, source, bits: 32), "*.cuda.onnx"));
    }

    [Fact]
    public void Convert_WeightBeyondHalf_IsATypedError()
    {
        var error = Assert.Throws<InferenceException>(() => ExternalWeights.ToHalf("blk.0.attn_q", [1, 70_000, float.PositiveInfinity]));

        Assert.Equal("WEIGHT_BEYOND_HALF", error.Reason);
        Assert.Contains("blk.0.attn_q", error.Message, StringComparison.Ordinal);
        Assert.Equal([(Half)1, Half.PositiveInfinity], ExternalWeights.ToHalf("x", [1, float.PositiveInfinity]));
    }

    private static string Import(TemporaryFolder folder, string source, int bits)
    {
        var directory = folder.File("model");
        ModelImporter.Import(new ModelImportRequest { SourcePath = source, Bits = bits }, directory, null, TestContext.Current.CancellationToken);
        return directory;
    }

    private static ModelSession Open(string directory, bool isDeviceGraph) => ModelSession.Open(
        directory, new ModelSessionOptions { SlotCount = 2, SlotCapacity = 64, Provider = ExecutionProviderChoice.Cpu, RunsDeviceGraphOnCpu = isDeviceGraph });
}
