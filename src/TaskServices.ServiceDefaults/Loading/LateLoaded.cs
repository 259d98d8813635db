namespace TaskServices.ServiceDefaults.Loading;

/// <summary>Holds what takes long to load, such as a model, while the server already answers.</summary>
/// <remarks>Safe for use from several threads.</remarks>
public sealed class LateLoaded<T>
    where T : class
{
    private readonly TaskCompletionSource<T> _loading = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool IsLoaded => _loading.Task.IsCompletedSuccessfully;

    /// <summary>Gets what was loaded.</summary>
    /// <exception cref="ModelLoadingException">It is not there yet.</exception>
    public T Value => IsLoaded ? _loading.Task.Result : throw new ModelLoadingException();

    /// <summary>Waits for what is loaded.</summary>
    public Task<T> WaitAsync(CancellationToken cancellationToken) => _loading.Task.WaitAsync(cancellationToken);

    internal void Set(T value) => _loading.SetResult(value);

    internal void Fail(Exception exception)
    {
        _loading.TrySetException(exception);
        _ = _loading.Task.Exception; // Seen: the server stops and reports it, whether or not somebody waits.
    }
}

/// <summary>A call came before the model was loaded.</summary>
public sealed class ModelLoadingException() : Exception("The model is loading. Try again in a few seconds.");
