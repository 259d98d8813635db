using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using TaskServices.Inference.Adapters;
using TaskServices.Inference.Decoding;
using TaskServices.Inference.Models;
using TaskServices.Inference.Scheduling;
using TaskServices.Inference.Tokenization;

namespace TaskServices.Inference;

/// <summary>One imported model with its tokenizer and engine, in this process: tokens or text in and out. Thread safe.</summary>
public sealed class InferenceHost : IInferenceHost
{
    private Action? _unload;

    private InferenceHost(
        string directory, ModelDescription model, ITokenizer tokenizer, GrammarCache grammars, AdapterSet adapters, InferenceEngine engine) =>
        (Directory, Model, Tokenizer, Grammars, Adapters, Engine) = (directory, model, tokenizer, grammars, adapters, engine);

    /// <summary>Gets the model's directory.</summary>
    public string Directory { get; }

    public ModelDescription Model { get; }

    public ITokenizer Tokenizer { get; }

    /// <summary>Gets the compiled grammars that requests share.</summary>
    public GrammarCache Grammars { get; }

    /// <summary>Gets the adapters that requests can name; load and unload at any time.</summary>
    public AdapterSet Adapters { get; }

    public InferenceEngine Engine { get; }

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
        var manifest = ModelManifest.Read(modelDirectory);
        var name = options.ModelName == InferenceOptions.Unnamed ? Path.GetFileNameWithoutExtension(manifest.Source) : options.ModelName;
        var tokenizer = TokenizerLoader.Load(modelDirectory);
        var session = ModelSession.Open(
            modelDirectory,
            (sessionOptions ?? new ModelSessionOptions()) with { TakesAdapters = options.MaxAdapterCount > 0 },
            loggerFactory?.CreateLogger<ModelSession>());
        var grammars = new GrammarCache(tokenizer);
        var adapters = new AdapterSet(session, options);
        var engine = new InferenceEngine(
            session,
            tokenizer,
            options with { ModelName = name },
            metrics,
            loggerFactory?.CreateLogger<InferenceEngine>(),
            adapters: adapters,
            createMatcher: grammars.CreateMatcher);
        var provider = session.UsesCuda ? "CUDAExecutionProvider" : "CPUExecutionProvider";
        metrics?.RecordSession(name, 1, provider, session.FallbackReason);
        return new InferenceHost(
            modelDirectory, ModelDescription.From(manifest, name, session.SlotCapacity), tokenizer, grammars, adapters, engine)
        {
            _unload = () => metrics?.RecordSession(name, -1, provider, session.FallbackReason),
        };
    }

    public Task<Completion> GenerateAsync(GenerationRequest request, CancellationToken cancellationToken) =>
        Engine.GenerateAsync(request, cancellationToken);

    public Task<IReadOnlyList<Completion>> GenerateManyAsync(GenerationRequest request, int count, CancellationToken cancellationToken) =>
        Engine.GenerateManyAsync(request, count, cancellationToken);

    public StreamedCompletion StreamAsync(GenerationRequest request, CancellationToken cancellationToken) =>
        Engine.StreamAsync(request, cancellationToken);

    public Task<IReadOnlyList<double>> ScoreAsync(
        IReadOnlyList<int> promptTokenIds,
        IReadOnlyList<IReadOnlyList<int>> continuations,
        string? adapter,
        CancellationToken cancellationToken) =>
        Engine.ScoreAsync(promptTokenIds, continuations, adapter, cancellationToken);

    /// <summary>Completes a prompt and gives the text piece by piece, up to a stop sequence, which is left out.</summary>
    /// <exception cref="InferenceException">As <see cref="InferenceEngine"/>.</exception>
    public async IAsyncEnumerable<string> StreamTextAsync(
        TextRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var decoder = new StreamingDecoder(Tokenizer);
        var filter = new StopSequenceFilter(request.StopSequences);
        await foreach (var token in Engine.StreamAsync(CreateRequest(request), cancellationToken).ConfigureAwait(false))
        {
            if (filter.Add(decoder.Append(token.Id)) is { Length: > 0 } piece)
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
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _unload, null) is { } unload)
            unload();
        await Engine.DisposeAsync().ConfigureAwait(false);
    }

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

    /// <summary>Gets the grammar that the completion keeps to, or null.</summary>
    public GrammarText? Grammar { get; init; }

    /// <summary>Gets the name of a loaded adapter, or null for the base model.</summary>
    public string? Adapter { get; init; }

    public SamplingOptions Sampling { get; init; } = SamplingOptions.Greedy;

    /// <summary>Gets texts that end the completion; empty ones are ignored.</summary>
    public IReadOnlyList<string> StopSequences { get; init; } = [];
}
