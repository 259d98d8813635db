using TaskServices.Inference;
using TaskServices.Inference.Decoding;
using TaskServices.Inference.Scheduling;
using TaskServices.TextToSql.Execution;
using TaskServices.TextToSql.Linking;

namespace TaskServices.TextToSql.Generation.Selection;

/// <summary>
/// The candidates of one question: the model's first choice, and rivals only where that is not sure enough. Rivals are sampled together behind the
/// cached prompt, checked, executed where that is allowed, and judged by <see cref="SelectionModel"/>.
/// </summary>
internal sealed class CandidateSearch(
    IInferenceHost model, RegisteredDatabase database, TextToSqlOptions options, string question, IReadOnlyList<ValueMatch> matches, PromptSchema schema, int[] prompt, bool mayExecute)
{
    // Behind a long prompt each rival costs more, so that there are fewer of them: the time of an answer stays bounded.
    private const int MinRivals = 3, RivalPromptTokens = 6_000;

    private readonly LinkFeatures _links = new(database, new(question), matches);
    private readonly CandidateChecker _checker = new(database, model.Tokenizer, options.Guard);
    private readonly CandidateRunner? _runner = mayExecute && database.Executor is not GivenSchemaExecutor ? new(database) : null;

    public int PromptTokenCount { get; private set; }

    public int CachedPromptTokenCount { get; private set; }

    public int CompletionTokenCount { get; private set; }

    public int CompletionCount { get; private set; }

    /// <summary>Gets whether the model's own first word was that the schema does not hold the answer.</summary>
    public bool Abstains { get; private set; }

    /// <summary>Gets the probability that the schema holds the answer at all; 1 where nothing speaks against it.</summary>
    public double Answerability { get; private set; } = 1;

    /// <summary>Finds the candidates, the best first.</summary>
    public async Task<IReadOnlyList<JudgedCandidate>> FindAsync(CancellationToken cancellationToken)
    {
        var first = await FindFirstAsync(cancellationToken).ConfigureAwait(false);
        return Abstains || first.Probability >= options.Selection.SureAt || options.MaxCandidates <= 1
            ? [first]
            : await FindRivalsAsync(first.Candidate, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Finds the model's first choice, judged alone. Where the model abstains, it is the query that it would write if it had to.</summary>
    public async Task<JudgedCandidate> FindFirstAsync(CancellationToken cancellationToken)
    {
        var completion = await GenerateAsync(schema.Grammar, cancellationToken).ConfigureAwait(false);
        var first = _checker.Check(completion, isGreedy: true);
        Abstains = first.CompactSql == SchemaGrammar.Abstention;
        if (Abstains)
            first = _checker.Check(await GenerateAsync(schema.QueryGrammar, cancellationToken).ConfigureAwait(false), isGreedy: true);
        var judged = Judge(await RunAsync(first, cancellationToken).ConfigureAwait(false), Agreement.Alone, options.Selection.First);
        if (judged.Features.Count > 0)
            Answerability = options.Selection.Answerable?.Probability(judged.Features) ?? 1;
        return judged;
    }

    /// <summary>Samples rivals of the first choice and judges all of them.</summary>
    public async Task<IReadOnlyList<JudgedCandidate>> FindRivalsAsync(Candidate first, CancellationToken cancellationToken)
    {
        var request = Request(schema.QueryGrammar) with { Sampling = new(options.RivalTemperature, options.RivalTopP, Seed: 1) };
        var count = Math.Min(options.MaxCandidates - 1, Math.Max(MinRivals, RivalPromptTokens / prompt.Length));
        var completions = await model.GenerateManyAsync(request, count, cancellationToken).ConfigureAwait(false);
        var bySql = new Dictionary<string, Candidate>(StringComparer.Ordinal) { [first.CompactSql] = first };
        foreach (var completion in completions)
        {
            Count(completion);
            var rival = _checker.Check(completion, isGreedy: false);
            bySql[rival.CompactSql] = bySql.TryGetValue(rival.CompactSql, out var same) ? same with { Count = same.Count + 1 } : rival;
        }

        return await JudgeAsync(bySql.Values, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Judges what a model wrote at another time: the first choice alone, and all among each other.</summary>
    public async Task<(JudgedCandidate First, IReadOnlyList<JudgedCandidate> All)> JudgeAsync(
        IEnumerable<WrittenCandidate> written, CancellationToken cancellationToken)
    {
        var candidates = written.Select((one, i) => _checker.Check(one.CompactSql, one.LogProbabilities, isGreedy: i == 0) with { Count = one.Count }).ToList();
        var first = Judge(await RunAsync(candidates[0], cancellationToken).ConfigureAwait(false), Agreement.Alone, options.Selection.First);
        return (first, await JudgeAsync(candidates, cancellationToken).ConfigureAwait(false));
    }

    private async Task<IReadOnlyList<JudgedCandidate>> JudgeAsync(IEnumerable<Candidate> checkedOnes, CancellationToken cancellationToken)
    {
        var candidates = new List<Candidate>();
        foreach (var candidate in checkedOnes)
            candidates.Add(await RunAsync(candidate, cancellationToken).ConfigureAwait(false));
        return [.. candidates.Zip(Agreement.Of(candidates), (candidate, agreement) => Judge(candidate, agreement, options.Selection.Among)).OrderByDescending(judged => judged.Probability)];
    }

    private JudgedCandidate Judge(Candidate candidate, Agreement agreement, LogisticModel judge)
    {
        if (!candidate.Verdict.Accepted)
            return new(candidate, [], 0);
        var features = CandidateFeatures.Compute(candidate, agreement, _links);
        return new(candidate, features, judge.Probability(features));
    }

    private async Task<Candidate> RunAsync(Candidate candidate, CancellationToken cancellationToken) =>
        _runner is null || candidate.Run is not null ? candidate : candidate with { Run = await _runner.RunAsync(candidate, cancellationToken).ConfigureAwait(false) };

    private async Task<Completion> GenerateAsync(GrammarText grammar, CancellationToken cancellationToken)
    {
        var completion = await model.GenerateAsync(Request(grammar), cancellationToken).ConfigureAwait(false);
        Count(completion);
        return completion;
    }

    private GenerationRequest Request(GrammarText grammar) => new()
    {
        PromptTokenIds = prompt,
        CachedPrefixTokenCount = schema.PrefixTokenIds.Length,
        MaxCompletionTokens = options.MaxCompletionTokens,
        Adapter = options.Adapter,
        Grammar = grammar,
    };

    private void Count(Completion completion)
    {
        if (CompletionCount++ == 0)
            (PromptTokenCount, CachedPromptTokenCount) = (completion.PromptTokenCount, completion.CachedPromptTokenCount);
        CompletionTokenCount += completion.TokenIds.Count;
    }
}
