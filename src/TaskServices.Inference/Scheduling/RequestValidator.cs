namespace TaskServices.Inference.Scheduling;

/// <summary>Refuses requests that cannot run.</summary>
internal sealed class RequestValidator(int logitCount, int tokenizerVocabularySize, int slotCapacity, int queueCapacity)
{
    public void Check(GenerationRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        CheckPrompt(request.PromptTokenIds, 0);
        Require(request.MaxCompletionTokens >= 1, $"MaxCompletionTokens is {request.MaxCompletionTokens}; it must be at least 1.");
        Require(
            request.CachedPrefixTokenCount >= 0, $"CachedPrefixTokenCount is {request.CachedPrefixTokenCount}; it must be at least 0.");
        Require(
            double.IsFinite(request.Sampling.Temperature) && request.Sampling.Temperature >= 0,
            $"Temperature is {request.Sampling.Temperature}; it must be a finite number of at least 0.");
        Require(request.Sampling.TopP is > 0 and <= 1, $"TopP is {request.Sampling.TopP}; it must be in (0, 1].");
        Require(request.Timeout is null || request.Timeout > TimeSpan.Zero, $"Timeout is {request.Timeout}; it must be above 0.");
        if (request.EndTokenIds is not null)
            CheckTokens("EndTokenIds", request.EndTokenIds, Math.Max(logitCount, tokenizerVocabularySize));
    }

    public void CheckGroup(IReadOnlyList<GenerationRequest> requests)
    {
        ArgumentNullException.ThrowIfNull(requests);
        Require(requests.Count >= 1, "No request was given.");
        Require(requests.Count <= queueCapacity, $"{requests.Count} requests were given at once; the queue holds {queueCapacity}.");
        var prompt = requests[0].PromptTokenIds;
        Require(
            requests.All(request => ReferenceEquals(request.PromptTokenIds, prompt) || request.PromptTokenIds.SequenceEqual(prompt)),
            "Requests that share a prefill must have the same prompt.");
        Require(requests.All(request => request.Adapter == requests[0].Adapter), "Requests that share a prefill must have the same adapter.");
    }

    public void CheckScore(IReadOnlyList<int> prompt, IReadOnlyList<IReadOnlyList<int>> continuations)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        ArgumentNullException.ThrowIfNull(continuations);
        Require(continuations.Count >= 1 && continuations.All(c => c.Count >= 1), "Give at least one continuation, each of at least one token.");
        CheckPrompt(prompt, continuations.Max(c => c.Count) - 1);
        foreach (var continuation in continuations)
            CheckTokens("A continuation", continuation, logitCount);
    }

    private static void Require(bool condition, string message)
    {
        if (!condition)
            throw new InferenceException("REQUEST_INVALID", message);
    }

    private static void CheckTokens(string name, IReadOnlyList<int> tokenIds, int bound)
    {
        for (var i = 0; i < tokenIds.Count; i++)
        {
            if ((uint)tokenIds[i] >= (uint)bound)
            {
                throw new InferenceException(
                    "TOKEN_ID_OUT_OF_RANGE", $"{name} has token {tokenIds[i]} at index {i}; the vocabulary has {bound} tokens.");
            }
        }
    }

    private void CheckPrompt(IReadOnlyList<int> prompt, int additional)
    {
        if (prompt.Count == 0)
            throw new InferenceException("PROMPT_EMPTY", "The prompt has no token; give at least one, such as BOS.");
        if (prompt.Count + additional > slotCapacity)
        {
            throw new InferenceException(
                "PROMPT_TOO_LONG", $"The prompt needs {prompt.Count + additional} tokens and the context holds {slotCapacity}; shorten it.");
        }

        CheckTokens("The prompt", prompt, logitCount);
    }
}
