using System.Security.Cryptography;
using System.Text;
using TaskServices.Inference.Adapters;
using TaskServices.Inference.Models.Importing;

namespace TaskServices.Inference.Models;

/// <summary>Imported models in a cache folder, keyed by content and options: importing twice costs once.</summary>
/// <remarks>Safe for use from several threads and processes: the second waits for the first and takes what it made.</remarks>
/// <param name="folder">The cache folder; null takes <c>$XDG_CACHE_HOME/taskservices</c> or <c>~/.cache/taskservices</c>.</param>
public sealed class ModelStore(string? folder = null)
{
    private static readonly TimeSpan LockPollInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>Gets the cache folder.</summary>
    public string Folder { get; } = folder ?? DefaultFolder();

    /// <summary>Gets the directory of a model, importing it when it is not in the cache.</summary>
    /// <exception cref="InferenceException">The source is bad, the adapter does not fit, or the cache folder cannot be written.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; nothing half-written stays.</exception>
    public string GetOrImport(ModelImportRequest request, IProgress<ImportProgress>? progress, CancellationToken cancellationToken)
    {
        ModelImporter.Check(request);
        var hash = new ContentHash(Path.Combine(Folder, "hashes"));
        var sourceHash = hash.Compute(ModelSource.FilesOf(request.SourcePath), cancellationToken);
        var adapterHash = request.AdapterPath is null ? null : hash.Compute(LoraAdapter.FilesOf(request.AdapterPath), cancellationToken);
        var directory = Path.Combine(Folder, "models", DirectoryName(request, sourceHash, adapterHash));
        if (IsComplete(directory))
        {
            return directory;
        }

        using var @lock = Lock(directory + ".lock", cancellationToken);
        if (!IsComplete(directory))
        {
            ModelImporter.Import(request, directory, sourceHash, adapterHash, progress, cancellationToken);
        }

        return directory;
    }

    /// <summary>Lists the directories of the models in the cache that this version can run.</summary>
    public IReadOnlyList<string> List()
    {
        var models = Path.Combine(Folder, "models");
        return Directory.Exists(models) ? [.. Directory.GetDirectories(models).Where(IsComplete).Order(StringComparer.Ordinal)] : [];
    }

    private static string DefaultFolder()
    {
        var cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
        cache = string.IsNullOrEmpty(cache) ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache") : cache;
        return Path.Combine(cache, "taskservices");
    }

    private static string DirectoryName(ModelImportRequest request, string sourceHash, string? adapterHash)
    {
        var key = $"{ModelManifest.CurrentFormatVersion} {request.Bits} {sourceHash} {adapterHash}";
        var digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)))[..16];
        var name = Path.GetFileNameWithoutExtension(Path.TrimEndingDirectorySeparator(Path.GetFullPath(request.SourcePath)));
        return $"{name}-{request.Bits}bit-{digest}";
    }

    /// <summary>A directory appears by a rename, so it is whole unless somebody cut its files later.</summary>
    private static bool IsComplete(string directory)
    {
        try
        {
            return Directory.Exists(directory)
                && ModelManifest.Read(directory) is var manifest
                && manifest.WeightsBytes == new FileInfo(Path.Combine(directory, Onnx.ExternalWeights.FileName)).Length
                && File.Exists(Path.Combine(directory, ModelManifest.GraphFileName))
                && File.Exists(Path.Combine(directory, manifest.GraphFileFor(manifest.ContextLength)));
        }
        catch (Exception exception) when (exception is InferenceException or IOException)
        {
            return false;
        }
    }

    private static FileStream Lock(string path, CancellationToken cancellationToken)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw ImportErrors.CannotWrite(Path.GetDirectoryName(path)!, exception);
        }

        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (File.Exists(path))
            {
                cancellationToken.WaitHandle.WaitOne(LockPollInterval);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                throw ImportErrors.CannotWrite(Path.GetDirectoryName(path)!, exception);
            }
        }
    }
}
