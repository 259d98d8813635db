using System.Diagnostics;
using TaskServices.Inference;
using TaskServices.Inference.Scheduling;
using TaskServices.TextToSql.Answers;
using TaskServices.TextToSql.Execution;
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

    /// <param name="model">The model; not disposed here.</param>
    public TextToSqlPipeline(IInferenceHost model, TextToSqlOptions options)
        : this(model, options, new DatabaseRegistry(model.Tokenizer, TimeProvider.System), Principal.Local)
    {
        foreach (var (tenant, schema) in options.State.Schemas.All)
            _databases.RegisterGiven(tenant, schema);
    }

    private TextToSqlPipeline(IInferenceHost model, TextToSqlOptions options, DatabaseRegistry databases, Principal principal)
    {
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

    public GuardVerdict Validate(string databaseName, string sql) => Check(Find(databaseName), sql).Verdict;

    public string Explain(string databaseName, string sql)
    {
        var database = Find(databaseName);
        var result = Check(database, sql);
        return result.Query is null
            ? throw new TextToSqlException("SQL_REFUSED", $"The statement was refused ({result.Verdict.Reason}): {result.Verdict.Message}")
            : SqlExplanation.Explain(result.Query, database.Schema);
    }

    public async Task<SqlPrediction> GenerateAsync(string databaseName, string question, CancellationToken cancellationToken)
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

        var prompt = WritePrompt(database, question);
        var candidates = new CandidateList(database, _model.Tokenizer, _options);
        for (var attempt = 0; attempt < _options.MaxCandidates && !candidates.HasAccepted; attempt++)
        {
            var isFirst = attempt == 0;
            var isGreedy = isFirst || (attempt == 1 && candidates.Abstains);
            candidates.Add(await _model.GenerateAsync(
                new()
                {
                    PromptTokenIds = prompt,
                    CachedPrefixTokenCount = database.PrefixTokenIds.Length,
                    MaxCompletionTokens = _options.MaxCompletionTokens,
                    Adapter = _options.Adapter,
                    Grammar = isFirst ? database.Grammar : database.QueryGrammar,
                    Sampling = isGreedy ? SamplingOptions.Greedy : new(_options.RetryTemperature, TopP: 0.95, Seed: (ulong)attempt),
                },
                cancellationToken).ConfigureAwait(false));
        }

        return candidates.ToPrediction(Stopwatch.GetElapsedTime(started));
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

    private int[] WritePrompt(RegisteredDatabase database, string question)
    {
        var suffix = Prompt.WriteSuffix(question, ValueHints.Find(question, database.Values));
        int[] prompt = [.. database.PrefixTokenIds, .. _model.Tokenizer.Encode(suffix)];
        return prompt.Length + _options.MaxCompletionTokens <= _model.Model.ContextLength
            ? prompt
            : throw new TextToSqlException(
                "PROMPT_TOO_LONG",
                $"The schema takes {database.PrefixTokenIds.Length:N0} tokens, the question {prompt.Length - database.PrefixTokenIds.Length:N0} and an answer up to " +
                $"{_options.MaxCompletionTokens:N0}; the model reads {_model.Model.ContextLength:N0}. Shorten the question, or ask a database with fewer tables.");
    }

    private GuardResult Check(RegisteredDatabase database, string sql) =>
        SqlGuard.Check(sql, database.Dialect, database.FullSchema, database.Grant, _options.Guard);

    /// <summary>Gets a database at once, unless it has to be opened or checked first.</summary>
    private RegisteredDatabase Find(string databaseName) => _databases.GetAsync(databaseName, _principal, CancellationToken.None).AsTask().GetAwaiter().GetResult();
}
