using Google.Protobuf;
using TaskServices.Inference.Adapters;
using TaskServices.Inference.Models.Graphs;
using TaskServices.Inference.Models.Importing;
using TaskServices.Inference.Models.Onnx;
using TaskServices.Inference.Models.Weights;
using TaskServices.Inference.Onnx;

namespace TaskServices.Inference.Models;

/// <summary>Turns GGUF files and safetensors checkpoints into model directories: graph, weights, tokenizer and manifest.</summary>
/// <remarks>Weights are streamed: memory stays below some tens of megabytes plus the scales of the largest matrix.</remarks>
public static class ModelImporter
{
    /// <summary>Bits of an import that is for comparison with reference logits; no device runs it.</summary>
    private const int FullPrecision = 32;

    /// <summary>Imports a model into a directory, which appears whole or not at all.</summary>
    /// <param name="outDirectory">A new or empty directory, or an imported model to replace.</param>
    /// <exception cref="InferenceException">The source is bad or unsupported, the adapter does not fit, or the directory cannot be written.</exception>
    /// <exception cref="OperationCanceledException">The import was cancelled; nothing is left behind.</exception>
    public static void Import(ModelImportRequest request, string outDirectory, IProgress<ImportProgress>? progress, CancellationToken cancellationToken)
    {
        Check(request);
        var hash = new ContentHash(memoryFolder: null);
        var sourceHash = hash.Compute(ModelSource.FilesOf(request.SourcePath), cancellationToken);
        var adapterHash = request.AdapterPath is null ? null : hash.Compute(LoraAdapter.FilesOf(request.AdapterPath), cancellationToken);
        Import(request, outDirectory, sourceHash, adapterHash, progress, cancellationToken);
    }

    internal static void Check(ModelImportRequest request)
    {
        if (request.Bits is not (4 or 8 or 16 or 32))
        {
            throw ImportErrors.BadBits(request.Bits);
        }
    }

    internal static void Import(
        ModelImportRequest request,
        string outDirectory,
        string sourceHash,
        string? adapterHash,
        IProgress<ImportProgress>? progress,
        CancellationToken cancellationToken)
    {
        using var source = ModelSource.Open(request.SourcePath);
        using var adapter = request.AdapterPath is null ? null : LoraAdapter.Open(request.AdapterPath);
        using var staging = StagingDirectory.Create(outDirectory);
        try
        {
            var tensors = new MeteredTensorSource(source.Tensors, progress, cancellationToken);
            var isGguf = source.Gguf is not null;
            var weights = new WeightMap(tensors, source.Config, isGguf, isGguf && source.Config.Architecture.GgufInterleavesHeads, request.SourcePath) { Adapter = adapter };
            adapter?.CheckFits(weights, source.Config, Path.GetFileName(Path.TrimEndingDirectorySeparator(request.SourcePath)));
            var manifest = WriteModel(request, source, weights, staging.Path, sourceHash, adapterHash);
            WriteTokenizer(source, staging.Path);
            cancellationToken.ThrowIfCancellationRequested();
            WriteFile(Path.Combine(staging.Path, ModelManifest.FileName), manifest.ToJson());
            staging.Commit();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw ImportErrors.CannotWrite(outDirectory, exception);
        }
    }

    private static ModelManifest WriteModel(ModelImportRequest request, ModelSource source, WeightMap weights, string folder, string sourceHash, string? adapterHash)
    {
        var config = source.Config;
        using var file = new ExternalWeights(Path.Combine(folder, ExternalWeights.FileName));
        var (model, longModel) = DecoderGraph.Build(config, weights, request.Bits, file, out var vocabularySize);
        WriteGraph(model, ModelManifest.GraphFileName);
        if (longModel is not null)
        {
            WriteGraph(longModel, ModelManifest.LongGraphFileName);
        }

        file.Flush();

        return new ModelManifest
        {
            FormatVersion = ModelManifest.CurrentFormatVersion,
            Architecture = config.Architecture.Name,
            Bits = request.Bits,
            VocabularySize = vocabularySize,
            ContextLength = Math.Min(config.ContextLength, Architectures.Limits.WrittenContext),
            ShortContextLength = config.ShortContextLength,
            HiddenSize = config.HiddenSize,
            HeadSize = config.HeadSize,
            KvHeads = [.. config.Layers.Select(layer => layer.KvHeads)],
            Source = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(request.SourcePath))),
            SourcePath = Path.GetFullPath(request.SourcePath),
            SourceSha256 = sourceHash,
            AdapterSha256 = adapterHash,
            WeightsBytes = file.Length,
        };

        void WriteGraph(ModelProto graph, string name)
        {
            WriteFile(Path.Combine(folder, name), graph.ToByteArray());
            if (request.Bits != FullPrecision)
            {
                WriteFile(Path.Combine(folder, ModelManifest.DeviceGraphFileName(name)), HalfGraph.Convert(graph, file).ToByteArray());
            }
        }
    }

    private static void WriteTokenizer(ModelSource source, string folder)
    {
        if (source.Gguf is not null)
        {
            GgufTokenizerFile.Write(source.Gguf, Path.Combine(folder, GgufTokenizerFile.FileName));
        }

        foreach (var path in source.TokenizerPaths)
        {
            WriteFile(Path.Combine(folder, Path.GetFileName(path)), File.ReadAllBytes(path));
        }
    }

    private static void WriteFile(string path, ReadOnlySpan<byte> bytes)
    {
        using var stream = new FileStream(path, FileMode.CreateNew, FileAccess.Write);
        stream.Write(bytes);
        stream.Flush(flushToDisk: true);
    }
}
