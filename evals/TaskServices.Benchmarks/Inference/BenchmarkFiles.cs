using TaskServices.Benchmarks.Contenders;
using TaskServices.Benchmarks.Gguf;
using TaskServices.Inference.Adapters;
using TaskServices.Inference.Models;

namespace TaskServices.Benchmarks.Inference;

/// <summary>The model and adapter in each contender's form, kept in the cache folder.</summary>
internal sealed class BenchmarkFiles
{
    private const string BundledModel = "models/smollm2-135m-instruct/SmolLM2-135M-Instruct.Q4_1.gguf";

    private const string BundledAdapter = "models/text-to-sql";

    private const string NoAdapter = "none";

    private readonly BenchmarkSettings _settings;

    private readonly string _ours;

    private readonly string? _oursWithAdapter;

    private readonly string _peerModel;

    private readonly string? _peerAdapter;

    private BenchmarkFiles(BenchmarkSettings settings, string cacheFolder, string model, string? adapter, CancellationToken cancellationToken)
    {
        (_settings, CacheFolder, _peerModel) = (settings, cacheFolder, model);
        var store = new ModelStore(cacheFolder);
        if (settings.Bits == 8 && settings.WithPeer)
        {
            // A four-bit file would give the peer half the bits to read.
            _peerModel = Path.Combine(cacheFolder, "peers", "files", Path.GetFileNameWithoutExtension(model) + ".as-Q8_0.gguf");
            PeerFiles.WriteAs8Bit(model, _peerModel);
        }

        if (adapter is not null && settings.WithPeer)
        {
            _peerAdapter = Path.Combine(cacheFolder, "peers", "files", Path.GetFileName(Path.TrimEndingDirectorySeparator(adapter)) + ".lora.gguf");
            using var lora = LoraAdapter.Open(adapter);
            PeerFiles.WriteAdapter(model, lora, _peerAdapter);
        }

        var request = new ModelImportRequest { SourcePath = _peerModel, Bits = settings.Bits };
        _ours = store.GetOrImport(request, null, cancellationToken);
        _oursWithAdapter = adapter is null ? null : store.GetOrImport(request with { AdapterPath = adapter }, null, cancellationToken);
        var manifest = ModelManifest.Read(_ours);
        VocabularySize = manifest.VocabularySize;
        Description = $"{Path.GetFileName(_peerModel)} (SHA-256 {manifest.SourceSha256[..12]}), {settings.Threads} threads, {settings.Rounds} rounds, seed {settings.Seed}";
    }

    public string CacheFolder { get; }

    public int VocabularySize { get; }

    public bool HasAdapter => _oursWithAdapter is not null;

    /// <summary>Gets what was run and how, in one line.</summary>
    public string Description { get; }

    /// <exception cref="BenchmarkException">A file is missing, or the peer cannot run it.</exception>
    public static Task<BenchmarkFiles> PrepareAsync(BenchmarkSettings settings, CancellationToken cancellationToken)
    {
        var model = settings.Model ?? FindAbove(BundledModel);
        var adapter = settings.Adapter ?? (settings.Model is null ? FindAbove(BundledAdapter) : NoAdapter);
        if (!Path.Exists(model))
        {
            throw new BenchmarkException("MODEL_NOT_FOUND", $"{model}: no such model file or folder. Check --model.");
        }

        if (adapter != NoAdapter && !Directory.Exists(adapter))
        {
            throw new BenchmarkException("ADAPTER_NOT_FOUND", $"{adapter}: no such adapter folder. Check --adapter, or give --adapter none.");
        }

        if (settings.WithPeer && !model.EndsWith(".gguf", StringComparison.OrdinalIgnoreCase))
        {
            throw new BenchmarkException("PEER_MODEL_UNSUPPORTED", $"{model}: the peer runs GGUF files only. Give one with --model, or leave --peer out.");
        }

        return Task.Run(
            () => new BenchmarkFiles(settings, new ModelStore().Folder, model, adapter == NoAdapter ? null : adapter, cancellationToken), cancellationToken);
    }

    public LoadSettings Ours(bool withAdapter) => Load(withAdapter ? _oursWithAdapter! : _ours, null);

    public LoadSettings Peer(bool withAdapter) => Load(_peerModel, withAdapter ? _peerAdapter : null);

    private LoadSettings Load(string model, string? adapter) => new(
        Path.GetFullPath(model), adapter, _settings.Bits, _settings.Threads, Workload.Requests, Workload.ContextTokens, Workload.PrefillTokens);

    private static string FindAbove(string relativePath)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var path = Path.Combine(folder.FullName, relativePath);
            if (Path.Exists(path))
            {
                return path;
            }
        }

        throw new BenchmarkException("MODEL_NOT_FOUND", $"{relativePath} was not found above the program. Name a model with --model.");
    }
}
