using System.Diagnostics;
using System.Text.Json;
using TaskServices.TextToSql.Answers;
using TaskServices.TextToSql.Answers.FollowUps;
using TaskServices.TextToSql.Execution;
using TaskServices.TextToSql.Generation;
using TaskServices.TextToSql.Guard;
using TaskServices.TextToSql.Schema;

namespace TaskServices.TextToSql.Audit;

/// <summary>
/// Records every question, before its answer is given or executed, and the end of every execution. Without its record a question has no answer,
/// unless the log's settings say otherwise.
/// </summary>
public sealed class AuditedTextToSql : ITextToSql
{
    private readonly ITextToSql _inner;
    private readonly AuditLog _log;
    private readonly IReadOnlyDictionary<string, string> _urls;
    private readonly Principal _principal;

    /// <param name="urls">Where each database is, by its name; credentials are not recorded.</param>
    public AuditedTextToSql(ITextToSql inner, AuditLog log, IReadOnlyDictionary<string, string> urls)
        : this(inner, log, urls, Principal.Local)
    {
    }

    private AuditedTextToSql(ITextToSql inner, AuditLog log, IReadOnlyDictionary<string, string> urls, Principal principal) =>
        (_inner, _log, _urls, _principal) = (inner, log, urls, principal);

    public IReadOnlyCollection<string> DatabaseNames => _inner.DatabaseNames;

    public ITextToSql ForPrincipal(Principal principal) => new AuditedTextToSql(_inner.ForPrincipal(principal), _log, _urls, principal);

    public GuardVerdict Validate(string databaseName, string sql) => _inner.Validate(databaseName, sql);

    public string Explain(string databaseName, string sql) => _inner.Explain(databaseName, sql);

    public DatabaseSchema GetSchema(string databaseName) => _inner.GetSchema(databaseName);

    public DatabaseTraits GetTraits(string databaseName) => _inner.GetTraits(databaseName);

    public Task<DatabaseSchema> RegisterSchemaAsync(GivenSchema schema, CancellationToken cancellationToken) => _inner.RegisterSchemaAsync(schema, cancellationToken);

    public AnswerKnowledge GetKnowledge(string databaseName) => _inner.GetKnowledge(databaseName);

    public Task<bool> UnregisterSchemaAsync(string name, CancellationToken cancellationToken) => _inner.UnregisterSchemaAsync(name, cancellationToken);

    /// <inheritdoc/>
    /// <exception cref="AuditException">The question could not be recorded.</exception>
    public Task<SqlPrediction> GenerateAsync(string databaseName, string question, CancellationToken cancellationToken) =>
        RecordedAsync(databaseName, question, () => _inner.GenerateAsync(databaseName, question, cancellationToken));

    /// <inheritdoc/>
    /// <exception cref="AuditException">The question could not be recorded.</exception>
    public Task<SqlPrediction> AskAsync(string databaseName, string question, CancellationToken cancellationToken) =>
        RecordedAsync(databaseName, question, () => _inner.AskAsync(databaseName, question, cancellationToken));

    private async Task<SqlPrediction> RecordedAsync(string databaseName, string question, Func<Task<SqlPrediction>> predict)
    {
        var started = Stopwatch.GetTimestamp();
        SqlPrediction prediction;
        try
        {
            prediction = await predict().ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            await RecordAsync(databaseName, question, Failed(AuditReason.Of(exception)), started).ConfigureAwait(false);
            throw;
        }

        return prediction with { AuditRecord = await RecordAsync(databaseName, question, prediction, started).ConfigureAwait(false) };
    }

    /// <inheritdoc/>
    /// <exception cref="AuditException">The question could not be recorded.</exception>
    public async Task<SqlPrediction?> FollowUpAsync(string databaseName, PreviousTurn previous, string question, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();

        // What is no follow-up is asked again as a question, and what fails here fails there: that is the one record.
        return await _inner.FollowUpAsync(databaseName, previous, question, cancellationToken).ConfigureAwait(false) is { } prediction
            ? prediction with { AuditRecord = await RecordAsync(databaseName, question, prediction, started).ConfigureAwait(false) }
            : null;
    }

    /// <inheritdoc/>
    /// <exception cref="AuditException">The question could not be recorded.</exception>
    public Task RecordRefusalAsync(string databaseName, string question, string reason) =>
        RecordAsync(databaseName, question, Failed(reason), Stopwatch.GetTimestamp());

    private static SqlPrediction Failed(string reason) => new() { Status = PredictionStatus.Error, Reason = reason };

    private Task<long?> RecordAsync(string databaseName, string question, SqlPrediction prediction, long started) =>
        _log.AppendAsync("question", json =>
        {
            WriteCaller(json, databaseName);
            json.WriteString("question", _log.Text.Clean(question));
            json.WriteString("status", JsonNamingPolicy.SnakeCaseUpper.ConvertName(prediction.Status.ToString()));
            json.WriteString("reason", prediction.Reason);
            json.WriteString("verdict", prediction.ExecutableSql is not null ? "ACCEPTED" : prediction.CompactSql is not null ? "REFUSED" : null);
            json.WriteString("generated_sql", _log.Text.Clean(prediction.CompactSql));
            json.WriteString("sql", _log.Text.Clean(prediction.Sql));
            json.WriteNumber("duration_ms", Math.Round(Stopwatch.GetElapsedTime(started).TotalMilliseconds, 3));
        });

    /// <inheritdoc/>
    /// <exception cref="AuditException">The execution could not be recorded; also thrown by the result's reading and disposal.</exception>
    public async Task<QueryResult> ExecuteAsync(string databaseName, SqlPrediction prediction, QueryLimits limits, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        try
        {
            var result = await _inner.ExecuteAsync(databaseName, prediction, limits, cancellationToken).ConfigureAwait(false);
            return new AuditedQueryResult(result, RecordAsync);
        }
        catch (Exception exception) when (exception is not AuditException)
        {
            await RecordAsync(new("FAILED", AuditReason.Of(exception), Rows: 0, TruncatedBy: null)).ConfigureAwait(false);
            throw;
        }

        Task RecordAsync(ExecutionOutcome outcome) => _log.AppendAsync("execution", json =>
        {
            if (prediction.AuditRecord is { } question)
                json.WriteNumber("question_seq", question);
            WriteCaller(json, databaseName);
            json.WriteString("executed_sql", _log.Text.Clean(prediction.ExecutableSql));
            // Their values may be anybody's data.
            json.WriteStartArray("parameters");
            foreach (var name in prediction.Parameters.Keys)
                json.WriteStringValue(name);
            json.WriteEndArray();
            json.WriteString("status", outcome.Status);
            json.WriteString("reason", outcome.Reason);
            json.WriteNumber("rows", outcome.Rows);
            json.WriteString("truncated_by", outcome.TruncatedBy);
            json.WriteNumber("duration_ms", Math.Round(Stopwatch.GetElapsedTime(started).TotalMilliseconds, 3));
        });
    }

    private void WriteCaller(Utf8JsonWriter json, string databaseName)
    {
        json.WriteStartObject("principal");
        json.WriteString("name", _log.Text.Clean(_principal.Name));
        json.WriteString("tenant", _log.Text.Clean(_principal.Tenant));
        json.WriteStartArray("roles");
        foreach (var role in _principal.Roles)
            json.WriteStringValue(_log.Text.Clean(role));
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteString("database", _log.Text.Clean(databaseName));
        json.WriteString("url", _log.Text.Clean(_urls.GetValueOrDefault(databaseName)));
    }
}
