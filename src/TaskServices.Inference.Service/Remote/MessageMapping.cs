using TaskServices.Inference.Scheduling;
using Proto = TaskServices.Protos.Inference.V1;

namespace TaskServices.Inference.Service.Remote;

/// <summary>Turns requests into messages.</summary>
internal static class MessageMapping
{
    public static Proto.GenerateRequest ToProto(GenerationRequest request, string tokenizerSha256, int count, bool streaming)
    {
        var message = new Proto.GenerateRequest
        {
            PromptTokenIds = { request.PromptTokenIds },
            TokenizerSha256 = tokenizerSha256,
            CachedPrefixTokenCount = request.CachedPrefixTokenCount,
            MaxCompletionTokenCount = request.MaxCompletionTokens,
            GrammarSha256 = request.Grammar?.Sha256 ?? "",
            Sampling = new Proto.Sampling
            {
                Temperature = request.Sampling.Temperature,
                TopP = request.Sampling.TopP,
                Seed = unchecked((long)request.Sampling.Seed),
            },
            Adapter = request.Adapter ?? "",
            Tenant = request.Tenant ?? "",
            SampleCount = count,
            Streaming = streaming,
        };
        if (request.EndTokenIds is { } endTokenIds)
            message.EndTokens = new Proto.TokenSequence { TokenIds = { endTokenIds } };
        return message;
    }

    public static CompletionToken ToToken(Proto.Token token) => new(token.TokenId, token.LogProbability, token.IsForced);
}
