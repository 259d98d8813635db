using TaskServices.Inference.Models;
using TaskServices.Testing;

namespace TaskServices.Inference.Tests.Models;

/// <summary>The bundled model, imported once at 8 bits for all tests of this project that run it.</summary>
public sealed class BundledModel : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public BundledModel() => Directory = new ModelStore(_folder.Path).GetOrImport(new ModelImportRequest { SourcePath = SourcePath }, null, CancellationToken.None);

    public static string SourcePath { get; } = TestFiles.InRepository("models", "smollm2-135m-instruct", "SmolLM2-135M-Instruct.Q4_1.gguf");

    public string Directory { get; }

    public ModelSession Open(int slotCount = 8, int slotCapacity = 512, int chunkTokens = 512) =>
        ModelSession.Open(Directory, new ModelSessionOptions { SlotCount = slotCount, SlotCapacity = slotCapacity, ChunkTokens = chunkTokens });

    public void Dispose() => _folder.Dispose();
}
