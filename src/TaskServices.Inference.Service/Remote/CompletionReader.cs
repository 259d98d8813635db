using TaskServices.Inference.Scheduling;
using Proto = TaskServices.Protos.Inference.V1;

namespace TaskServices.Inference.Service.Remote;

/// <summary>Puts one sample together from its messages. Not safe for use from several threads.</summary>
internal sealed class CompletionReader
{
    private readonly List<int> _tokenIds = [];
    private readonly List<double> _logProbabilities = [];
    private Completion? _completion;

    /// <summary>Gets the whole completion.</summary>
    /// <exception cref="InferenceException">The stream ended before it.</exception>
    public Completion Completion => _completion ?? throw Broken();

    public void Add(Proto.GenerateResponse message)
    {
        foreach (var token in message.Tokens)
        {
            _tokenIds.Add(token.TokenId);
            _logProbabilities.Add(token.LogProbability);
        }

        if (message.Completion is { } end)
            _completion = ToCompletion(end);
    }

    public static InferenceException Broken() =>
        new("HOST_FAILED", "The inference host ended its answer before the completion; is it of this version?");

    private Completion ToCompletion(Proto.Completion end)
    {
        if (end.CompletionTokenCount != _tokenIds.Count)
            throw Broken();
        if (end.HasEndLogProbability)
            _logProbabilities.Add(end.EndLogProbability);
        return new Completion
        {
            TokenIds = _tokenIds,
            FinishReason = end.FinishReason is Proto.FinishReason.Stop ? FinishReason.Stop : FinishReason.Length,
            LogProbabilities = _logProbabilities,
            PromptTokenCount = end.PromptTokenCount,
            CachedPromptTokenCount = end.CachedPromptTokenCount,
            ForcedTokenCount = end.ForcedTokenCount,
            QueueTime = end.QueueDuration?.ToTimeSpan() ?? TimeSpan.Zero,
            TimeToFirstToken = end.FirstTokenDuration?.ToTimeSpan() ?? TimeSpan.Zero,
            Duration = end.TotalDuration?.ToTimeSpan() ?? TimeSpan.Zero,
        };
    }
}
