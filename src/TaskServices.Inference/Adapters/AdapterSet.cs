using TaskServices.Inference.Models.Importing;

namespace TaskServices.Inference.Adapters;

/// <summary>The LoRA adapters that a running model can use, by name: loaded, replaced and unloaded while requests run.</summary>
/// <remarks>
/// Thread safe. A request keeps the version that its name stood for when it was submitted, whatever is loaded or unloaded meanwhile.
/// </remarks>
public sealed class AdapterSet
{
    private const int MaxNameLength = 128;

    /// <summary>Held for as long as a file is read, so that loads come one after the other; never taken inside <see cref="_gate"/>.</summary>
    private readonly Lock _loading = new();

    /// <summary>Held for moments only: the engine's thread takes it.</summary>
    private readonly Lock _gate = new();

    private readonly IAdapterSession? _session;

    private readonly int _maxCount;

    private readonly int _maxRank;

    private readonly long _maxBytes;

    private readonly SortedDictionary<string, LoadedAdapter> _adapters = new(StringComparer.Ordinal);

    /// <summary>Memory of all versions that are held, retired ones included.</summary>
    private long _usedBytes;

    private bool _isClosed;

    internal AdapterSet(IAdapterSession? session, InferenceOptions options) =>
        (_session, _maxCount, _maxRank, _maxBytes) = (session, options.MaxAdapterCount, options.MaxAdapterRank, options.MaxAdapterBytes);

    /// <summary>Lists the loaded adapters by name.</summary>
    public IReadOnlyList<AdapterInfo> List()
    {
        lock (_gate)
        {
            return [.. _adapters.Values.Select(adapter => adapter.Info)];
        }
    }

    /// <summary>Finds a loaded adapter.</summary>
    /// <exception cref="InferenceException"><c>ADAPTER_NOT_FOUND</c>.</exception>
    public AdapterInfo Get(string name)
    {
        lock (_gate)
        {
            return Find(name).Info;
        }
    }

    /// <summary>Loads a PEFT folder under a name. Where the name is taken, requests from now on use the new version.</summary>
    /// <param name="name">1 to 128 printable characters.</param>
    /// <param name="expectedVersion">What <see cref="AdapterInfo.Version"/> has to be; null takes what the folder holds.</param>
    /// <returns>What was loaded; the version that stood there before, where its content is the same.</returns>
    /// <exception cref="InferenceException">
    /// <c>ADAPTER_NAME_INVALID</c>; <c>ADAPTER_LIMIT</c>: too many, or no memory left; <c>ADAPTER_RANK</c>: above the limit;
    /// <c>ADAPTER_HASH_MISMATCH</c>: not the expected version; <c>ADAPTER_BASE_MISMATCH</c>: made for another base model; <c>ADAPTER_UNSUPPORTED</c>: the model takes none; or a damaged file.
    /// What was loaded before stays.
    /// </exception>
    public AdapterInfo Load(string name, string directory, string? expectedVersion = null)
    {
        CheckName(name);
        using var adapter = LoraAdapter.Open(directory);
        CheckRank(name, adapter);
        var version = new ContentHash(memoryFolder: null).Compute(LoraAdapter.FilesOf(directory), CancellationToken.None);
        if (expectedVersion is not null && expectedVersion != version)
        {
            throw new InferenceException("ADAPTER_HASH_MISMATCH", $"The adapter '{name}' has the SHA-256 {version}, not {expectedVersion}.");
        }

        lock (_loading)
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            if (FindSame(name, version) is { } same)
            {
                return same;
            }

            var session = _session
                ?? throw new InferenceException("ADAPTER_UNSUPPORTED", "This model session takes no adapters at run time; merge the adapter at import.");
            return Install(new LoadedAdapter(this, name, version, adapter.Rank, adapter.TargetModules, session.LoadAdapter(adapter, _maxBytes - Volatile.Read(ref _usedBytes))));
        }
    }

    /// <summary>Takes an adapter out: from now on its name is unknown. Ends when the requests that still use it have ended and its memory is free.</summary>
    /// <exception cref="InferenceException"><c>ADAPTER_NOT_FOUND</c>.</exception>
    /// <exception cref="OperationCanceledException">The wait was cancelled; the adapter goes all the same.</exception>
    public Task UnloadAsync(string name, CancellationToken cancellationToken)
    {
        LoadedAdapter adapter;
        lock (_gate)
        {
            adapter = Find(name);
            _adapters.Remove(name);
            Retire(adapter);
        }

        return adapter.Freed.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Takes the version that a name stands for now; the request gives it back at its end.</summary>
    internal LoadedAdapter Acquire(string name, int requests)
    {
        lock (_gate)
        {
            var adapter = Find(name);
            adapter.Requests += requests;
            return adapter;
        }
    }

    internal void Release(LoadedAdapter adapter, int requests)
    {
        lock (_gate)
        {
            adapter.Requests -= requests;
            FreeIfUnused(adapter);
        }
    }

    /// <summary>Lets go of the session, which its engine is about to dispose.</summary>
    internal void Close()
    {
        lock (_loading)
        {
            lock (_gate)
            {
                _isClosed = true;
            }
        }
    }

    /// <summary>Finds what a load would only repeat, and checks that a new name has room.</summary>
    private AdapterInfo? FindSame(string name, string version)
    {
        lock (_gate)
        {
            var previous = _adapters.GetValueOrDefault(name);
            return previous is not null || _adapters.Count < _maxCount
                ? previous?.Version == version ? previous.Info : null
                : throw new InferenceException(
                    "ADAPTER_LIMIT", $"{_adapters.Count} adapters are loaded and {_maxCount} may be; unload one, or raise MaxAdapterCount.");
        }
    }

    private AdapterInfo Install(LoadedAdapter loaded)
    {
        lock (_gate)
        {
            var previous = _adapters.GetValueOrDefault(loaded.Name);
            _adapters[loaded.Name] = loaded;
            _usedBytes += loaded.Handle.Bytes;
            if (previous is not null)
            {
                Retire(previous);
            }

            return loaded.Info;
        }
    }

    private LoadedAdapter Find(string name) => _adapters.GetValueOrDefault(name)
        ?? throw new InferenceException(
            "ADAPTER_NOT_FOUND",
            $"No adapter '{name}' is loaded; {(_adapters.Count == 0 ? "none is" : "loaded are " + string.Join(", ", _adapters.Keys))}.");

    private void Retire(LoadedAdapter adapter)
    {
        adapter.IsRetired = true;
        FreeIfUnused(adapter);
    }

    private void FreeIfUnused(LoadedAdapter adapter)
    {
        if (!adapter.IsRetired || adapter.Requests > 0)
        {
            return;
        }

        _usedBytes -= adapter.Handle.Bytes;
        if (!_isClosed)
        {
            _session!.FreeAdapter(adapter.Handle);
        }

        adapter.Freed.TrySetResult();
    }

    private static void CheckName(string name)
    {
        if (string.IsNullOrWhiteSpace(name) || name.Length > MaxNameLength || name.Any(char.IsControl))
        {
            throw new InferenceException("ADAPTER_NAME_INVALID", $"An adapter's name has 1 to {MaxNameLength} printable characters.");
        }
    }

    private void CheckRank(string name, LoraAdapter adapter)
    {
        if (adapter.Targets.Values.MaxBy(target => target.Rank) is { } widest && widest.Rank > _maxRank)
        {
            throw new InferenceException(
                "ADAPTER_RANK",
                $"Adapter '{name}' ({adapter.Path}): {widest.Module} has rank {widest.Rank}; at most {_maxRank} is allowed (MaxAdapterRank).");
        }
    }
}
