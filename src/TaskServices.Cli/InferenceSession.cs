using TaskServices.Inference;
using TaskServices.Inference.Models;
using TaskServices.Inference.Scheduling;
using TaskServices.Inference.Tokenization;

namespace TaskServices.Cli;

/// <summary>A loaded model behind its engine, and the tokenizer that belongs to it.</summary>
internal sealed class InferenceSession : IAsyncDisposable
{
    private const int DefaultBits = 8;

    private InferenceSession(InferenceEngine engine, ITokenizer tokenizer, int contextLength) =>
        (Engine, Tokenizer, ContextLength) = (engine, tokenizer, contextLength);

    public InferenceEngine Engine { get; }

    public ITokenizer Tokenizer { get; }

    /// <summary>Gets the tokens that a prompt and its completion may have together.</summary>
    public int ContextLength { get; }

    /// <summary>Imports the model where it is not in the cache yet, and loads it.</summary>
    /// <exception cref="InferenceException">The model or the adapter cannot be loaded.</exception>
    public static async Task<InferenceSession> OpenAsync(ModelChoice choice, ModelSessionOptions options, CancellationToken cancellationToken)
    {
        var directory = await ImportedModel.GetDirectoryAsync(choice, DefaultBits, cancellationToken);
        var tokenizer = TokenizerLoader.Load(directory);
        cancellationToken.ThrowIfCancellationRequested();
        var session = ModelSession.Open(directory, options);
        var engine = new InferenceEngine(session, tokenizer, new InferenceOptions { ModelName = session.Manifest.Source });
        return new(engine, tokenizer, session.SlotCapacity);
    }

    public ValueTask DisposeAsync() => Engine.DisposeAsync();
}
