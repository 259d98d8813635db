using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using TaskServices.Inference.Adapters;
using TaskServices.Inference.Models;
using TaskServices.Inference.Scheduling;
using TaskServices.Inference.Tokenization;

namespace TaskServices.Inference;

/// <summary>One imported model with its tokenizer and engine: text in, text out. Thread safe.</summary>
public sealed class InferenceHost : IAsyncDisposable
{
    private InferenceHost(ITokenizer tokenizer, InferenceEngine engine, AdapterSet adapters, int contextLength) =>
        (Tokenizer, Engine, Adapters, ContextLength) = (tokenizer, engine, adapters, contextLength);

    public ITokenizer Tokenizer { get; }

    public InferenceEngine Engine { get; }

    /// <summary>Gets the adapters that requests can name; load and unload at any time.</summary>
    public AdapterSet Adapters { get; }

    /// <summary>Gets the most tokens of prompt and completion together.</summary>
    public int ContextLength { get; }

    /// <summary>Loads a model directory that <c>model import</c> wrote.</summary>
    /// <exception cref="InferenceException">The directory, the tokenizer or a setting is bad.</exception>
    public static InferenceHost Open(
        string modelDirectory,
        InferenceOptions options,
        ModelSessionOptions? sessionOptions = null,
        InferenceMetrics? metrics = null,
        ILoggerFactory? loggerFactory = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        var tokenizer = TokenizerLoader.Load(modelDirectory);
        var session = ModelSession.Open(
            modelDirectory, sessionOptions ?? new ModelSessionOptions(), loggerFactory?.CreateLogger<ModelSession>());
        var adapters = new AdapterSet(session: null, options);
        return new InferenceHost(
            tokenizer,
            new InferenceEngine(session, tokenizer, options, metrics, loggerFactory?.CreateLogger<InferenceEngine>(), adapters: adapters),
            adapters,
            session.SlotCapacity);
    }

    /// <summary>Completes a prompt and gives the text piece by piece, up to a stop sequence, which is left out.</summary>
    /// <exception cref="InferenceException">As <see cref="InferenceEngine"/>.</exception>
    public async IAsyncEnumerable<string> StreamTextAsync(
        TextRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var decoder = new StreamingDecoder(Tokenizer);
        var filter = new StopSequenceFilter(request.StopSequences);
        await foreach (var tokenId in Engine.StreamAsync(CreateRequest(request), cancellationToken).ConfigureAwait(false))
        {
            if (filter.Add(decoder.Append(tokenId)) is { Length: > 0 } piece)
                yield return piece;
            if (filter.IsStopped)
                yield break; // Leaving the enumeration cancels the request.
        }

        if (filter.Add(decoder.Complete()) + filter.Complete() is { Length: > 0 } rest)
            yield return rest;
    }

    /// <summary>Completes a prompt and gives the whole text.</summary>
    public async Task<string> CompleteTextAsync(TextRequest request, CancellationToken cancellationToken)
    {
        var text = new System.Text.StringBuilder();
        await foreach (var piece in StreamTextAsync(request, cancellationToken).ConfigureAwait(false))
            text.Append(piece);
        return text.ToString();
    }

    /// <summary>Stops the engine and frees the model.</summary>
    public ValueTask DisposeAsync() => Engine.DisposeAsync();

    private GenerationRequest CreateRequest(TextRequest request)
    {
        var prompt = Tokenizer.Encode(request.Prompt);
        return new GenerationRequest
        {
            PromptTokenIds = Tokenizer.BosTokenId is { } bos ? [bos, .. prompt] : prompt,
            MaxCompletionTokens = request.MaxCompletionTokens,
            Grammar = request.Grammar,
            Adapter = request.Adapter,
            Sampling = request.Sampling,
        };
    }
}

/// <summary>Asks for a completion as text.</summary>
public sealed record TextRequest
{
    /// <summary>Gets the prompt. Text such as <c>&lt;|im_end|&gt;</c> in it stays text.</summary>
    public required string Prompt { get; init; }

    /// <summary>Gets the bound on completion tokens. The default is 256.</summary>
    public int MaxCompletionTokens { get; init; } = 256;

    /// <summary>Gets the matcher that keeps the completion inside a grammar, or null. Serves this request only.</summary>
    public Decoding.IGrammarMatcher? Grammar { get; init; }

    /// <summary>Gets the name of a loaded adapter, or null for the base model.</summary>
    public string? Adapter { get; init; }

    public SamplingOptions Sampling { get; init; } = SamplingOptions.Greedy;

    /// <summary>Gets texts that end the completion; empty ones are ignored.</summary>
    public IReadOnlyList<string> StopSequences { get; init; } = [];
}
