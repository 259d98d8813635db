using System.Diagnostics;
using TaskServices.Inference;
using TaskServices.TextToSql.Answers;
using TaskServices.TextToSql.Answers.FollowUps;
using TaskServices.TextToSql.Execution;
using TaskServices.TextToSql.Generation.Selection;
using TaskServices.TextToSql.Guard;
using TaskServices.TextToSql.Linking;
using TaskServices.TextToSql.Schema;
using TaskServices.TextToSql.Sql.Explanation;

namespace TaskServices.TextToSql.Generation;

/// <summary>
/// The whole way of a question: checks, hints, prompt, constrained generation, expansion, binding, guard, re-print. The model proposes one
/// text at a time; nothing of it goes further than the parser unless every later step accepts it.
/// </summary>
public sealed class TextToSqlPipeline : ITextToSql, IAsyncDisposable
{
    private readonly IInferenceHost _model;
    private readonly TextToSqlOptions _options;
    private readonly DatabaseRegistry _databases;
    private readonly Principal _principal;
    private readonly AnswerMemory _memory;

    /// <param name="model">The model; not disposed here.</param>
    public TextToSqlPipeline(IInferenceHost model, TextToSqlOptions options)
        : this(model, options with { VerifiedQueries = options.VerifiedQueries ?? options.State.VerifiedQueries }, new DatabaseRegistry(model.Tokenizer, TimeProvider.System), Principal.Local)
    {
        foreach (var (tenant, schema) in options.State.Schemas.All)
            _databases.RegisterGiven(tenant, schema);
    }

    private TextToSqlPipeline(IInferenceHost model, TextToSqlOptions options, DatabaseRegistry databases, Principal principal)
    {
        _memory = new(options.State, principal, options.Metrics);
        _model = model;
        _options = options;
        _databases = databases;
        _principal = principal;
    }

    public IReadOnlyCollection<string> DatabaseNames => _databases.NamesFor(_principal);

    public ITextToSql ForPrincipal(Principal principal) => new TextToSqlPipeline(_model, _options, _databases, principal);

    /// <summary>Registers a database under a name, replacing what was there. It is opened by its first use.</summary>
    /// <param name="access">Who may read what; null for everything to everyone.</param>
    public void Register(string name, DatabaseUrl url, DatabaseAccess? access = null) => _databases.Register(name, url, access);

    public DatabaseSchema GetSchema(string databaseName) => Find(databaseName).Schema;

    public DatabaseTraits GetTraits(string databaseName)
    {
        var database = Find(databaseName);
        return new(database.Dialect, database.Executor is not GivenSchemaExecutor);
    }

    public AnswerKnowledge GetKnowledge(string databaseName) =>
        new(_options.State, _options.VerifiedQueries!, _principal, Find(databaseName), databaseName, _options.Guard);

    public async Task<DatabaseSchema> RegisterSchemaAsync(GivenSchema schema, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(schema);
        if (_databases.HasDatabase(schema.Name))
            throw new TextToSqlException("SCHEMA_EXISTS", $"'{schema.Name}' is taken; choose another name.");
        var read = await Task.Run(schema.Read, cancellationToken).ConfigureAwait(false);
        await Task.Run(() => _options.State.Schemas.Put(_principal.Tenant, schema), cancellationToken).ConfigureAwait(false);
        _databases.RegisterGiven(_principal.Tenant, schema);
        return read;
    }

    public async Task<bool> UnregisterSchemaAsync(string name, CancellationToken cancellationToken)
    {
        _databases.UnregisterGiven(_principal.Tenant, name);
        return await Task.Run(() => _options.State.Schemas.Remove(_principal.Tenant, name), cancellationToken).ConfigureAwait(false);
    }

    public GuardVerdict Validate(string databaseName, string sql) => Find(databaseName).Check(sql, _options.Guard).Verdict;

    public string Explain(string databaseName, string sql)
    {
        var database = Find(databaseName);
        return SqlExplanation.Explain(database.Check(sql, _options.Guard).Require(), database.Schema);
    }

    public Task<SqlPrediction> GenerateAsync(string databaseName, string question, CancellationToken cancellationToken) =>
        PredictAsync(databaseName, question, mayExecute: false, cancellationToken);

    public Task<SqlPrediction> AskAsync(string databaseName, string question, CancellationToken cancellationToken) =>
        PredictAsync(databaseName, question, mayExecute: true, cancellationToken);

    /// <summary>Gets what the model writes for a question, the first choice first, whether or not rivals are needed: what the selection is fitted on.</summary>
    internal async Task<(IReadOnlyList<WrittenCandidate> Written, bool Abstains)> ProposeAsync(string databaseName, string question, CancellationToken cancellationToken)
    {
        var database = await _databases.GetAsync(databaseName, _principal, cancellationToken).ConfigureAwait(false);
        var search = Search(database, question, ValueHints.Match(question, database.Values), mayExecute: true);
        var first = await search.FindFirstAsync(cancellationToken).ConfigureAwait(false);
        var all = await search.FindRivalsAsync(first.Candidate, cancellationToken).ConfigureAwait(false);
        var written = all.Select(judged => judged.Candidate).OrderByDescending(candidate => candidate.IsGreedy)
            .Select(candidate => new WrittenCandidate(candidate.CompactSql, candidate.LogProbabilities, candidate.Count));
        return ([.. written], search.Abstains);
    }

    /// <summary>Judges what <see cref="ProposeAsync"/> gave, with this build's checks and features and without the model.</summary>
    internal async Task<(JudgedCandidate First, IReadOnlyList<JudgedCandidate> All)> JudgeAsync(
        string databaseName, string question, IReadOnlyList<WrittenCandidate> written, CancellationToken cancellationToken)
    {
        var database = await _databases.GetAsync(databaseName, _principal, cancellationToken).ConfigureAwait(false);
        return await Search(database, question, ValueHints.Match(question, database.Values), mayExecute: true).JudgeAsync(written, cancellationToken).ConfigureAwait(false);
    }

    public async Task<QueryResult> ExecuteAsync(
        string databaseName, SqlPrediction prediction, QueryLimits limits, CancellationToken cancellationToken)
    {
        var database = await _databases.GetAsync(databaseName, _principal, cancellationToken).ConfigureAwait(false);
        var sql = prediction.ExecutableSql
            ?? throw new ArgumentException("A prediction without SQL cannot be executed.", nameof(prediction));
        return await database.Executor.ExecuteAsync(new(sql, prediction.Parameters), database.Grant, limits, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Closes the connections to every database, for all principals. The model stays.</summary>
    public ValueTask DisposeAsync() => _databases.DisposeAsync();

    private async Task<SqlPrediction> PredictAsync(string databaseName, string question, bool mayExecute, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        QuestionText.Check(question);
        var database = await _databases.GetAsync(databaseName, _principal, cancellationToken).ConfigureAwait(false);
        if (QuestionText.FindWriteRequest(question) is { } verb)
        {
            return new()
            {
                Status = PredictionStatus.Refused,
                Reason = "WRITE_REQUESTED",
                Message = $"The question asks to change data (\"{verb}\"); only questions that read are answered.",
                Duration = Stopwatch.GetElapsedTime(started),
            };
        }

        var matches = ValueHints.Match(question, database.Values);
        if (VerifiedAnswer.Find(database, databaseName, _principal, question, matches, _options) is { } verified)
            return _memory.Issue(databaseName, question, verified with { Duration = Stopwatch.GetElapsedTime(started) });
        if (_memory.Find(database, databaseName, question, mayExecute) is { } known)
            return _memory.Issue(databaseName, question, known with { Duration = Stopwatch.GetElapsedTime(started) });

        var search = Search(database, question, matches, mayExecute);
        var candidates = await search.FindAsync(cancellationToken).ConfigureAwait(false);
        var prediction = Decision.Make(search, candidates, _options);
        if (_options.Router is { } router)
            prediction = await router.RouteAsync(database, question, prediction, _options.Guard, cancellationToken).ConfigureAwait(false) ?? prediction;
        prediction = prediction with { Duration = Stopwatch.GetElapsedTime(started) };
        _memory.Keep(database, databaseName, question, mayExecute, prediction);
        return _memory.Issue(databaseName, question, prediction);
    }

    public async Task<SqlPrediction?> FollowUpAsync(string databaseName, PreviousTurn previous, string question, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(previous);
        var started = Stopwatch.GetTimestamp();
        QuestionText.Check(question);
        var database = await _databases.GetAsync(databaseName, _principal, cancellationToken).ConfigureAwait(false);
        if (QuestionText.FindWriteRequest(question) is not null
            || database.Check(previous.Sql, _options.Guard).Query is not { } query
            || FollowUp.TryRewrite(query, question, database.Schema, database.Values) is not { } changed
            || database.Check(changed, _options.Guard) is not { Query: not null } result)
        {
            return null;
        }

        return _memory.Issue(databaseName, question, database.Answer(result) with
        {
            Confidence = 1,
            Origin = AnswerOrigin.FollowUp,
            Duration = Stopwatch.GetElapsedTime(started),
        });
    }

    private CandidateSearch Search(RegisteredDatabase database, string question, IReadOnlyList<ValueMatch> matches, bool mayExecute)
    {
        var schema = database.Prompts.For(question, matches);
        return new(_model, database, _options, question, matches, schema, WritePrompt(schema, question, matches), mayExecute);
    }

    private int[] WritePrompt(PromptSchema schema, string question, IReadOnlyList<ValueMatch> matches)
    {
        int[] prompt = [.. schema.PrefixTokenIds, .. _model.Tokenizer.Encode(Prompt.WriteSuffix(question, ValueHints.Write(matches)))];
        return prompt.Length + _options.MaxCompletionTokens <= _model.Model.ContextLength
            ? prompt
            : throw new TextToSqlException(
                "PROMPT_TOO_LONG",
                $"The schema takes {schema.PrefixTokenIds.Length:N0} tokens, the question {prompt.Length - schema.PrefixTokenIds.Length:N0} and an answer up to " +
                $"{_options.MaxCompletionTokens:N0}; the model reads {_model.Model.ContextLength:N0}. Shorten the question, or ask a database with fewer tables.");
    }

    /// <summary>Gets a database at once, unless it has to be opened or checked first.</summary>
    private RegisteredDatabase Find(string databaseName) => _databases.GetAsync(databaseName, _principal, CancellationToken.None).AsTask().GetAwaiter().GetResult();
}
