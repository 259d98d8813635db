using System.Threading.Channels;

namespace TaskServices.Inference.Scheduling;

/// <summary>A completion's tokens as they come. Enumerate once; leaving the enumeration early cancels the request.</summary>
public sealed class StreamedCompletion : IAsyncEnumerable<int>
{
    private readonly ChannelReader<int> _tokenIds;
    private readonly CancellationTokenSource _cancellation;

    internal StreamedCompletion(ChannelReader<int> tokenIds, Task<Completion> completion, CancellationTokenSource cancellation) =>
        (_tokenIds, Completion, _cancellation) = (tokenIds, completion, cancellation);

    /// <summary>Gets the whole completion once it has ended, or its error.</summary>
    public Task<Completion> Completion { get; }

    /// <summary>Enumerates the completion's tokens without the end token; throws what <see cref="Completion"/> throws.</summary>
    public async IAsyncEnumerator<int> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        await using var registration = cancellationToken.UnsafeRegister(_ => _cancellation.Cancel(), null);
        try
        {
            await foreach (var tokenId in _tokenIds.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
                yield return tokenId;
            await Completion.ConfigureAwait(false);
        }
        finally
        {
            if (!Completion.IsCompleted)
                await _cancellation.CancelAsync().ConfigureAwait(false);
        }
    }
}
