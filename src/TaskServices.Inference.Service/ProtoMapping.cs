using Google.Protobuf.WellKnownTypes;
using TaskServices.Inference.Adapters;
using TaskServices.Inference.Scheduling;
using TaskServices.Inference.Tokenization;
using Proto = TaskServices.Protos.Inference.V1;

namespace TaskServices.Inference.Service;

/// <summary>Turns the engine's answers into messages.</summary>
internal static class ProtoMapping
{
    public static Proto.Model ToProto(ServedModel served)
    {
        var model = served.Host.Model;
        return new Proto.Model
        {
            Name = model.Name,
            SourceSha256 = model.SourceSha256,
            MergedAdapterSha256 = model.MergedAdapterSha256 ?? "",
            WeightBits = model.Bits,
            ContextTokenCount = model.ContextLength,
            TokenizerSha256 = served.TokenizerSha256,
            TokenizerFiles =
            {
                served.TokenizerFiles.Select(file => new Proto.TokenizerFile { Name = file.Name, Sha256 = file.Sha256, SizeBytes = file.SizeBytes }),
            },
        };
    }

    public static Proto.Adapter ToProto(AdapterInfo adapter) => new() { Name = adapter.Name, Sha256 = adapter.Version, Rank = adapter.Rank };

    public static Proto.Token ToProto(CompletionToken token) =>
        new() { TokenId = token.Id, LogProbability = token.LogProbability, IsForced = token.IsForced };

    /// <summary>Makes the one message of a whole sample.</summary>
    public static Proto.GenerateResponse ToProto(Completion completion, int index, ITokenizer tokenizer)
    {
        var decoder = new StreamingDecoder(tokenizer);
        var message = new Proto.GenerateResponse
        {
            SampleIndex = index,
            Text = string.Concat(completion.TokenIds.Select(decoder.Append)) + decoder.Complete(),
            Completion = ToProto(completion),
        };
        for (var i = 0; i < completion.TokenIds.Count; i++)
            message.Tokens.Add(new Proto.Token { TokenId = completion.TokenIds[i], LogProbability = completion.LogProbabilities[i] });
        return message;
    }

    public static Proto.Completion ToProto(Completion completion)
    {
        var message = new Proto.Completion
        {
            FinishReason = completion.FinishReason is FinishReason.Stop ? Proto.FinishReason.Stop : Proto.FinishReason.Length,
            PromptTokenCount = completion.PromptTokenCount,
            CachedPromptTokenCount = completion.CachedPromptTokenCount,
            CompletionTokenCount = completion.TokenIds.Count,
            ForcedTokenCount = completion.ForcedTokenCount,
            QueueDuration = completion.QueueTime.ToDuration(),
            FirstTokenDuration = completion.TimeToFirstToken.ToDuration(),
            TotalDuration = completion.Duration.ToDuration(),
        };
        if (completion.LogProbabilities.Count > completion.TokenIds.Count)
            message.EndLogProbability = completion.LogProbabilities[^1];
        return message;
    }
}
