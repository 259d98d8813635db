using Grpc.Core;
using TaskServices.Inference.Decoding;
using TaskServices.Inference.Scheduling;
using TaskServices.ServiceDefaults.Errors;
using Proto = TaskServices.Protos.Inference.V1;

namespace TaskServices.Inference.Service;

/// <summary>Checks messages and turns them into the engine's requests.</summary>
internal static class RequestMapping
{
    private const int MaxPromptTokens = 1_000_000;
    private const int MaxGrammarLength = 3_000_000;
    private const int MaxSampleCount = 64;
    private const int MaxTenantLength = 64;
    private const int MaxContinuationCount = 1_024;
    private const int DefaultCompletionTokens = 256;

    public static void CheckHash(string field, string hash)
    {
        var violations = new FieldViolations();
        RequireHash(violations, field, hash);
        violations.ThrowIfAny();
    }

    public static void CheckAdapterName(string name)
    {
        var violations = new FieldViolations();
        RequireAdapterName(violations, "name", name);
        violations.ThrowIfAny();
    }

    public static void Check(Proto.LoadAdapterRequest request)
    {
        var violations = new FieldViolations();
        RequireAdapterName(violations, "name", request.Name);
        if (request.Sha256.Length > 0)
            RequireHash(violations, "sha256", request.Sha256);
        violations.ThrowIfAny();
    }

    public static void Check(Proto.GenerateRequest request)
    {
        var violations = new FieldViolations();
        var hasTokens = request.PromptTokenIds.Count > 0;
        violations.Require(hasTokens != request.PromptText.Length > 0, "prompt_token_ids", "must be given, or prompt_text, and not both");
        violations.Require(request.PromptTokenIds.Count <= MaxPromptTokens, "prompt_token_ids", "must have at most 1,000,000 tokens");
        if (hasTokens || request.TokenizerSha256.Length > 0)
            RequireHash(violations, "tokenizer_sha256", request.TokenizerSha256);
        violations.Require(request.CachedPrefixTokenCount >= 0, "cached_prefix_token_count", "must be at least 0");
        violations.Require(request.MaxCompletionTokenCount is >= 0 and <= MaxPromptTokens, "max_completion_token_count", "must be in [0, 1000000]");
        if (request.GrammarSha256.Length > 0)
            RequireHash(violations, "grammar_sha256", request.GrammarSha256);
        if (request.Sampling is { } sampling)
        {
            violations.Require(double.IsFinite(sampling.Temperature) && sampling.Temperature >= 0, "sampling.temperature", "must be a finite number of at least 0");
            violations.Require(sampling.TopP is >= 0 and <= 1, "sampling.top_p", "must be in [0, 1]");
        }

        if (request.Adapter.Length > 0)
            RequireAdapterName(violations, "adapter", request.Adapter);
        violations.Require(request.Tenant.Length <= MaxTenantLength && !request.Tenant.Any(char.IsControl), "tenant", "must be at most 64 printable characters");
        violations.Require(request.SampleCount is >= 0 and <= MaxSampleCount, "sample_count", "must be in [0, 64]");
        violations.ThrowIfAny();
    }

    public static void Check(Proto.ScoreRequest request)
    {
        var violations = new FieldViolations();
        violations.Require(request.PromptTokenIds.Count is > 0 and <= MaxPromptTokens, "prompt_token_ids", "must have 1 to 1,000,000 tokens");
        RequireHash(violations, "tokenizer_sha256", request.TokenizerSha256);
        violations.Require(
            request.Continuations.Count is > 0 and <= MaxContinuationCount && request.Continuations.All(c => c.TokenIds.Count > 0),
            "continuations",
            "must be 1 to 1,024, each of at least one token");
        if (request.Adapter.Length > 0)
            RequireAdapterName(violations, "adapter", request.Adapter);
        violations.ThrowIfAny();
    }

    /// <exception cref="InferenceException"><c>GRAMMAR_HASH_MISMATCH</c>.</exception>
    public static GrammarText ToGrammar(Proto.RegisterGrammarRequest request)
    {
        var violations = new FieldViolations();
        RequireHash(violations, "sha256", request.Sha256);
        violations.Require(request.Text.Length is > 0 and <= MaxGrammarLength, "text", "must be 1 to 3,000,000 characters long");
        violations.ThrowIfAny();
        var grammar = new GrammarText(request.Text);
        return grammar.Sha256 == request.Sha256
            ? grammar
            : throw new InferenceException("GRAMMAR_HASH_MISMATCH", $"The text's SHA-256 is {grammar.Sha256}, not {request.Sha256}.");
    }

    /// <exception cref="InferenceException"><c>TOKENIZER_CHANGED</c>, <c>GRAMMAR_NOT_REGISTERED</c>, <c>ADAPTER_NOT_FOUND</c>.</exception>
    public static GenerationRequest ToGeneration(Proto.GenerateRequest request, ServedModel served, ServerCallContext context)
    {
        if (request.TokenizerSha256.Length > 0)
            CheckTokenizer(served, request.TokenizerSha256);
        var tokenizer = served.Host.Tokenizer;
        IReadOnlyList<int> prompt = request.PromptTokenIds.Count > 0 ? request.PromptTokenIds
            : tokenizer.BosTokenId is { } bos ? [bos, .. tokenizer.Encode(request.PromptText)] : tokenizer.Encode(request.PromptText);
        return new GenerationRequest
        {
            PromptTokenIds = prompt,
            CachedPrefixTokenCount = request.CachedPrefixTokenCount,
            MaxCompletionTokens = request.MaxCompletionTokenCount is 0 ? DefaultCompletionTokens : request.MaxCompletionTokenCount,
            EndTokenIds = request.EndTokens?.TokenIds,
            Grammar = request.GrammarSha256.Length > 0 ? FindGrammar(served, request.GrammarSha256) : null,
            Sampling = ToSampling(request.Sampling),
            Adapter = ToAdapter(served, request.Adapter),
            Tenant = request.Tenant.Length > 0 ? request.Tenant : null,
            Timeout = TimeLeft(context.Deadline),
        };
    }

    public static void CheckTokenizer(ServedModel served, string tokenizerSha256)
    {
        if (served.TokenizerSha256 != tokenizerSha256)
        {
            throw new InferenceException(
                "TOKENIZER_CHANGED", "The token IDs were made with another model's tokenizer; call GetModel for the files of this one's.");
        }
    }

    /// <exception cref="UnknownResourceException"><c>ADAPTER_NOT_FOUND</c>.</exception>
    public static string? ToAdapter(ServedModel served, string name) =>
        name.Length == 0 ? null
        : served.Host.Adapters.List().Any(adapter => adapter.Name == name) ? name
        : throw new UnknownResourceException("ADAPTER_NOT_FOUND", "Adapter", name, $"No adapter '{name}' is loaded; ListAdapters has those that are.");

    private static GrammarText FindGrammar(ServedModel served, string sha256) => served.Host.Grammars.TryFind(sha256, out var grammar)
        ? grammar
        : throw new UnknownResourceException(
            "GRAMMAR_NOT_REGISTERED", "Grammar", sha256, "No grammar of this hash is known; send it with RegisterGrammar and try again.");

    private static SamplingOptions ToSampling(Proto.Sampling? sampling) => sampling is null
        ? SamplingOptions.Greedy
        : new(sampling.Temperature, sampling.TopP is 0 ? 1 : sampling.TopP, unchecked((ulong)sampling.Seed));

    // A call whose deadline is over is cancelled by gRPC itself; what reaches the engine has to be above zero.
    private static TimeSpan? TimeLeft(DateTime deadline) => deadline == DateTime.MaxValue
        ? null
        : TimeSpan.FromTicks(Math.Max(TimeSpan.TicksPerMillisecond, (deadline - DateTime.UtcNow).Ticks));

    private static void RequireHash(FieldViolations violations, string field, string hash) => violations.Require(
        hash.Length == 64 && hash.All(char.IsAsciiHexDigitLower), field, "must be a SHA-256 of 64 lower-case hexadecimal digits");

    private static void RequireAdapterName(FieldViolations violations, string field, string name) => violations.Require(
        AdapterFolder.IsName(name), field, "must be 1 to 128 letters, digits, '-', '_' and '.', not beginning with '.'");
}
