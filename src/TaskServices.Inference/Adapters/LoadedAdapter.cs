namespace TaskServices.Inference.Adapters;

/// <summary>One version of an adapter in a session's memory, with the requests that hold it there.</summary>
internal sealed class LoadedAdapter(AdapterSet owner, string name, string version, int rank, IReadOnlyList<string> targetModules, AdapterHandle handle)
{
    public string Name => name;

    /// <summary>Gets the content's hash: what key-value memory of a prompt is tied to.</summary>
    public string Version => version;

    public AdapterHandle Handle => handle;

    /// <summary>Gets or sets the requests that use it. Guarded by the owner.</summary>
    public int Requests { get; set; }

    /// <summary>Gets or sets whether no new request may use it. Guarded by the owner.</summary>
    public bool IsRetired { get; set; }

    /// <summary>Ends when a retired version's memory is free.</summary>
    public TaskCompletionSource Freed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public AdapterInfo Info => new(name, version, rank, targetModules, handle.Bytes, Requests);

    /// <summary>Ends some requests' use.</summary>
    public void Release(int requests) => owner.Release(this, requests);
}
