using TaskServices.Inference.Scheduling;
using TaskServices.Inference.Tokenization;

namespace TaskServices.Inference;

/// <summary>A model that completes and scores, in this process or in another one: what tasks are written against.</summary>
/// <remarks>
/// Thread safe. Methods throw <see cref="InferenceException"/> with the reasons of <see cref="InferenceEngine"/> and of grammars, and
/// <see cref="OperationCanceledException"/> when the caller cancels. A host in another process adds <c>HOST_UNAVAILABLE</c>.
/// </remarks>
public interface IInferenceHost : IAsyncDisposable
{
    /// <summary>Gets what the host runs.</summary>
    ModelDescription Model { get; }

    /// <summary>Gets the model's own tokenizer; text becomes tokens on the caller's side.</summary>
    ITokenizer Tokenizer { get; }

    /// <summary>Completes one prompt.</summary>
    Task<Completion> GenerateAsync(GenerationRequest request, CancellationToken cancellationToken);

    /// <summary>Samples one prompt several times; sample <c>i</c> takes the request's seed plus <c>i</c>. The prompt is prefilled once.</summary>
    /// <param name="request">What every sample shares.</param>
    /// <param name="count">At least 1.</param>
    Task<IReadOnlyList<Completion>> GenerateManyAsync(GenerationRequest request, int count, CancellationToken cancellationToken);

    /// <summary>Completes one prompt and gives the tokens as they come; leaving the enumeration cancels the request.</summary>
    StreamedCompletion StreamAsync(GenerationRequest request, CancellationToken cancellationToken);

    /// <summary>Scores given continuations of one prompt.</summary>
    /// <param name="promptTokenIds">At least one token.</param>
    /// <param name="continuations">At least one, each of at least one token.</param>
    /// <param name="adapter">Name of a loaded adapter; null is the base model.</param>
    /// <returns>The natural-log probability of each continuation, summed over its tokens.</returns>
    Task<IReadOnlyList<double>> ScoreAsync(
        IReadOnlyList<int> promptTokenIds,
        IReadOnlyList<IReadOnlyList<int>> continuations,
        string? adapter,
        CancellationToken cancellationToken);
}
