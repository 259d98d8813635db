using System.Diagnostics;
using TaskServices.Inference;
using TaskServices.Inference.Scheduling;
using TaskServices.TextToSql.Execution;
using TaskServices.TextToSql.Guard;
using TaskServices.TextToSql.Linking;
using TaskServices.TextToSql.Schema;
using TaskServices.TextToSql.Sql;
using TaskServices.TextToSql.Sql.Explanation;

namespace TaskServices.TextToSql.Generation;

/// <summary>
/// The whole way of a question: checks, hints, prompt, constrained generation, expansion, binding, guard, re-print. The model proposes one
/// text at a time; nothing of it goes further than the parser unless every later step accepts it.
/// </summary>
/// <param name="model">The model; not disposed here.</param>
public sealed class TextToSqlPipeline(IInferenceHost model, TextToSqlOptions options) : ITextToSql
{
    private readonly DatabaseRegistry _databases = new(model.Tokenizer);

    public IReadOnlyCollection<string> DatabaseNames => _databases.Names;

    /// <summary>Registers a database under a name, replacing what was there. It is opened by its first use.</summary>
    public void Register(string name, DatabaseUrl url) => _databases.Register(name, url);

    public DatabaseSchema GetSchema(string databaseName) => Find(databaseName).Schema;

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
        var database = _databases.Get(databaseName, cancellationToken);
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
        var candidates = new CandidateList(database, model.Tokenizer, options);
        for (var attempt = 0; attempt < options.MaxCandidates && !candidates.HasAccepted; attempt++)
        {
            var isFirst = attempt == 0;
            var isGreedy = isFirst || (attempt == 1 && candidates.Abstains);
            candidates.Add(await model.GenerateAsync(
                new()
                {
                    PromptTokenIds = prompt,
                    CachedPrefixTokenCount = database.PrefixTokenIds.Length,
                    MaxCompletionTokens = options.MaxCompletionTokens,
                    Adapter = options.Adapter,
                    Grammar = isFirst ? database.Grammar : database.QueryGrammar,
                    Sampling = isGreedy ? SamplingOptions.Greedy : new(options.RetryTemperature, TopP: 0.95, Seed: (ulong)attempt),
                },
                cancellationToken).ConfigureAwait(false));
        }

        return candidates.ToPrediction(Stopwatch.GetElapsedTime(started));
    }

    public Task<QueryResult> ExecuteAsync(
        string databaseName, SqlPrediction prediction, QueryLimits limits, CancellationToken cancellationToken)
    {
        var database = _databases.Get(databaseName, cancellationToken);
        var sql = prediction.ExecutableSql
            ?? throw new ArgumentException("A prediction without SQL cannot be executed.", nameof(prediction));
        return new SqliteExecutor(database.Url.Path).ExecuteAsync(sql, database.Grant, limits, cancellationToken);
    }

    private int[] WritePrompt(RegisteredDatabase database, string question)
    {
        var suffix = Prompt.WriteSuffix(question, ValueHints.Find(question, database.Values));
        int[] prompt = [.. database.PrefixTokenIds, .. model.Tokenizer.Encode(suffix)];
        return prompt.Length + options.MaxCompletionTokens <= model.Model.ContextLength
            ? prompt
            : throw new TextToSqlException(
                "PROMPT_TOO_LONG",
                $"The schema takes {database.PrefixTokenIds.Length:N0} tokens, the question {prompt.Length - database.PrefixTokenIds.Length:N0} and an answer up to " +
                $"{options.MaxCompletionTokens:N0}; the model reads {model.Model.ContextLength:N0}. Shorten the question, or ask a database with fewer tables.");
    }

    private GuardResult Check(RegisteredDatabase database, string sql) =>
        SqlGuard.Check(sql, SqlDialect.Sqlite, database.Schema, database.Grant, options.Guard);

    private RegisteredDatabase Find(string databaseName) => _databases.Get(databaseName, CancellationToken.None);
}
