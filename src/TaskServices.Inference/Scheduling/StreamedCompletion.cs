using System.Threading.Channels;

namespace TaskServices.Inference.Scheduling;

/// <summary>A completion's tokens as they come. Enumerate once; leaving the enumeration early cancels the request.</summary>
public sealed class StreamedCompletion : IAsyncEnumerable<CompletionToken>
{
    private readonly ChannelReader<CompletionToken> _tokens;
    private readonly CancellationTokenSource _cancellation;

    /// <param name="tokens">The tokens; completed, with the error where there is one, no later than <paramref name="completion"/>.</param>
    /// <param name="completion">Ends with the completion, its error, or cancelled.</param>
    /// <param name="cancellation">Cancels the request.</param>
    public StreamedCompletion(ChannelReader<CompletionToken> tokens, Task<Completion> completion, CancellationTokenSource cancellation) =>
        (_tokens, Completion, _cancellation) = (tokens, completion, cancellation);

    /// <summary>Gets the whole completion once it has ended, or its error.</summary>
    public Task<Completion> Completion { get; }

    /// <summary>Enumerates the completion's tokens without the end token; throws what <see cref="Completion"/> throws.</summary>
    public async IAsyncEnumerator<CompletionToken> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        await using var registration = cancellationToken.UnsafeRegister(_ => _cancellation.Cancel(), null);
        try
        {
            await foreach (var token in _tokens.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
                yield return token;
            await Completion.ConfigureAwait(false);
        }
        finally
        {
            if (!Completion.IsCompleted)
                await _cancellation.CancelAsync().ConfigureAwait(false);
        }
    }
}
