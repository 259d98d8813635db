using System.Runtime.CompilerServices;
using System.Threading.Channels;
using TaskServices.Inference.Scheduling;

namespace TaskServices.Inference.Service.OpenAi;

/// <summary>Runs all choices of a request at once and counts their tokens. Serves one request.</summary>
internal sealed class ChoiceRun(IInferenceHost host, TextGeneration generation)
{
    private readonly Channel<ChoiceEvent> _events = Channel.CreateUnbounded<ChoiceEvent>(new UnboundedChannelOptions { SingleReader = true });
    private int _completionTokenCount;

    public int ChoiceCount => generation.Prompts.Count * generation.ChoiceCount;

    public int PromptTokenCount => generation.Prompts.Sum(prompt => prompt.Length);

    /// <summary>Gets how many tokens were generated so far, over all choices.</summary>
    public int CompletionTokenCount => Volatile.Read(ref _completionTokenCount);

    /// <summary>Gives what comes of any choice; leaving the enumeration cancels the rest.</summary>
    /// <exception cref="InferenceException">A choice failed; the others are cancelled.</exception>
    public async IAsyncEnumerable<ChoiceEvent> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var running = Task.WhenAll(generation.Prompts.Select((prompt, index) => RunPromptAsync(prompt, index * generation.ChoiceCount, cancellation)));
        var closing = running.ContinueWith(
            task => _events.Writer.TryComplete(task.Exception?.InnerException), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        try
        {
            await foreach (var happened in _events.Reader.ReadAllAsync(cancellationToken))
                yield return happened;
            await running;
        }
        finally
        {
            await cancellation.CancelAsync();
            await ((Task)closing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private Task RunPromptAsync(int[] prompt, int firstIndex, CancellationTokenSource cancellation)
    {
        var request = generation.Settings with { PromptTokenIds = prompt };
        return generation.ChoiceCount > 1 && !generation.IsStreamed && generation.StopSequences.Count == 0
            ? CancelOthersOnFailureAsync(() => CompleteManyAsync(firstIndex, request, cancellation.Token), cancellation)
            : StreamAllAsync(firstIndex, request, cancellation);
    }

    /// <summary>Every choice asks for its place before any is read, so that a full queue is an HTTP status and not an event.</summary>
    private Task StreamAllAsync(int firstIndex, GenerationRequest request, CancellationTokenSource cancellation)
    {
        List<StreamedCompletion> streams;
        try
        {
            streams = [.. Enumerable.Range(0, generation.ChoiceCount).Select(i => host.StreamAsync(WithSeed(request, i), cancellation.Token))];
        }
        catch
        {
            cancellation.Cancel();
            throw;
        }

        return Task.WhenAll(streams.Select((stream, i) => CancelOthersOnFailureAsync(() => ReadAsync(firstIndex + i, stream, cancellation.Token), cancellation)));
    }

    private static async Task CancelOthersOnFailureAsync(Func<Task> run, CancellationTokenSource cancellation)
    {
        try
        {
            await run();
        }
        catch
        {
            await cancellation.CancelAsync();
            throw;
        }
    }

    /// <summary>Completes one prompt several times; it is prefilled once.</summary>
    private async Task CompleteManyAsync(int firstIndex, GenerationRequest request, CancellationToken cancellationToken)
    {
        var completions = await host.GenerateManyAsync(request, generation.ChoiceCount, cancellationToken);
        for (var i = 0; i < completions.Count; i++)
            Replay(firstIndex + i, completions[i]);
    }

    private static GenerationRequest WithSeed(GenerationRequest request, int sample) =>
        request with { Sampling = request.Sampling with { Seed = unchecked(request.Sampling.Seed + (ulong)sample) } };

    private async Task ReadAsync(int index, StreamedCompletion stream, CancellationToken cancellationToken)
    {
        var text = new ChoiceText(host.Tokenizer, generation.StopSequences);
        await foreach (var token in stream.WithCancellation(cancellationToken))
        {
            if (Add(index, text, token))
                return; // Leaving the enumeration cancels the request.
        }

        End(index, text, (await stream.Completion).FinishReason);
    }

    private void Replay(int index, Completion completion)
    {
        var text = new ChoiceText(host.Tokenizer, []);
        for (var i = 0; i < completion.TokenIds.Count; i++)
            Add(index, text, new CompletionToken(completion.TokenIds[i], completion.LogProbabilities[i], IsForced: false));
        End(index, text, completion.FinishReason);
    }

    /// <returns>Whether a stop sequence ends the choice.</returns>
    private bool Add(int index, ChoiceText text, CompletionToken token)
    {
        Interlocked.Increment(ref _completionTokenCount);
        var piece = text.Add(token);
        if (text.IsStopped)
            Write(new ChoiceEvent(index, piece, text.TakeTokens(isLast: true), "stop"));
        else if (piece.Length > 0)
            Write(new ChoiceEvent(index, piece, text.TakeTokens(isLast: false), null));
        return text.IsStopped;
    }

    private void End(int index, ChoiceText text, FinishReason reason)
    {
        var rest = text.Complete();
        var isStop = text.IsStopped || reason is FinishReason.Stop;
        Write(new ChoiceEvent(index, rest, text.TakeTokens(isLast: true), isStop ? "stop" : "length"));
    }

    private void Write(ChoiceEvent happened) => _events.Writer.TryWrite(happened);
}
