using System.Security.Cryptography;
using TaskServices.TextToSql.Generation;
using TaskServices.TextToSql.Guard;
using TaskServices.TextToSql.Knowledge;
using TaskServices.TextToSql.Sql.Printing;

namespace TaskServices.TextToSql.Answers;

/// <summary>What people teach the service about one database, as one principal may: feedback, and verified queries if it is an operator.</summary>
/// <remarks>Safe for use from several threads.</remarks>
public sealed class AnswerKnowledge
{
    private readonly AnswerState _state;
    private readonly IVerifiedQueries _verified;
    private readonly Principal _principal;
    private readonly RegisteredDatabase _database;
    private readonly string _databaseName;
    private readonly GuardOptions _guard;

    internal AnswerKnowledge(AnswerState state, IVerifiedQueries verified, Principal principal, RegisteredDatabase database, string databaseName, GuardOptions guard) =>
        (_state, _verified, _principal, _database, _databaseName, _guard) = (state, verified, principal, database, databaseName, guard);

    /// <summary>Adds a verified query for the principal's tenant, replacing the one of the same question.</summary>
    /// <exception cref="TextToSqlException">
    /// Reason <c>NOT_AN_OPERATOR</c>, <c>SQL_REFUSED</c>, <c>VERIFIED_QUERY_INVALID</c>, <c>VERIFIED_QUERIES_UNWRITABLE</c>, or a question's own reasons.
    /// </exception>
    public async Task<VerifiedQuery> VerifyAsync(string question, string sql, CancellationToken cancellationToken)
    {
        RequireOperator();
        QuestionText.Check(question);
        var query = new VerifiedQuery(NewId(), _databaseName, question, Accepted(sql), _principal.Tenant, DateTimeOffset.UtcNow, _principal.Name)
        {
            SchemaFingerprint = _database.FullSchema.Fingerprint,
        };
        await _verified.AddAsync(query, cancellationToken).ConfigureAwait(false);
        _state.Cache.Forget(_databaseName, question);
        return query;
    }

    /// <summary>Lists the verified queries that serve the principal's tenant, the oldest first.</summary>
    /// <exception cref="TextToSqlException">Reason <c>NOT_AN_OPERATOR</c>.</exception>
    public IReadOnlyList<VerifiedQuery> ListVerified()
    {
        RequireOperator();
        return [.. _verified.List(_databaseName, _principal.Tenant).OrderBy(query => query.VerifiedAt)];
    }

    /// <summary>Tells whether the schema has changed since a query was verified.</summary>
    public bool IsStale(VerifiedQuery query)
    {
        ArgumentNullException.ThrowIfNull(query);
        return query.SchemaFingerprint != _database.FullSchema.Fingerprint;
    }

    /// <returns>Whether the principal's tenant had such a query.</returns>
    /// <exception cref="TextToSqlException">Reason <c>NOT_AN_OPERATOR</c> or <c>VERIFIED_QUERIES_UNWRITABLE</c>.</exception>
    public Task<bool> RemoveVerifiedAsync(string id, CancellationToken cancellationToken) =>
        ListVerified().Any(query => query.Id == id && query.Tenant == _principal.Tenant) ? _verified.RemoveAsync(id, cancellationToken) : Task.FromResult(false);

    /// <summary>Keeps what a caller says of an answer that it was given.</summary>
    /// <returns>The feedback; null where the answer is unknown, too old, or somebody else's.</returns>
    /// <exception cref="TextToSqlException">Reason <c>SQL_REFUSED</c> or <c>STATE_UNWRITABLE</c>.</exception>
    public async Task<Feedback?> GiveFeedbackAsync(string answerId, bool isRight, string? correctedSql, string? comment, CancellationToken cancellationToken)
    {
        if (_state.Issued.Find(answerId, _principal.Tenant, _principal.Name, _databaseName) is not { } answer)
            return null;
        var feedback = new Feedback(
            NewId(), _principal.Tenant, _principal.Name, _databaseName, answer.Question, answer.Sql, isRight, correctedSql is null ? null : Accepted(correctedSql), comment, DateTimeOffset.UtcNow);
        await Task.Run(() => _state.Feedback.Add(feedback), cancellationToken).ConfigureAwait(false);
        if (!isRight)
            _state.Cache.Forget(_databaseName, answer.Question);
        return feedback;
    }

    /// <summary>Lists the feedback of the principal's tenant, the oldest first.</summary>
    /// <exception cref="TextToSqlException">Reason <c>NOT_AN_OPERATOR</c>.</exception>
    public IReadOnlyList<Feedback> ListFeedback()
    {
        RequireOperator();
        return _state.Feedback.List(_principal.Tenant, _databaseName);
    }

    /// <summary>Makes feedback's SQL a verified query, or dismisses it.</summary>
    /// <returns>The feedback as it is then; null where there is none of this id.</returns>
    /// <exception cref="TextToSqlException">
    /// Reason <c>NOT_AN_OPERATOR</c>, <c>FEEDBACK_HAS_NO_SQL</c>, <c>FEEDBACK_CLOSED</c> (it was reviewed before), <c>STATE_UNWRITABLE</c>, or as <see cref="VerifyAsync"/>.
    /// </exception>
    public async Task<Feedback?> ReviewAsync(string feedbackId, bool confirm, CancellationToken cancellationToken)
    {
        RequireOperator();
        if (_state.Feedback.Find(_principal.Tenant, _databaseName, feedbackId) is not { } feedback)
            return null;
        if (feedback.State is not FeedbackState.Open)
            throw new TextToSqlException("FEEDBACK_CLOSED", "This feedback was reviewed before.");
        if (confirm)
        {
            await VerifyAsync(
                feedback.Question, feedback.CandidateSql ?? throw new TextToSqlException("FEEDBACK_HAS_NO_SQL", "This feedback has no SQL that is right; add a verified query instead."),
                cancellationToken).ConfigureAwait(false);
        }

        var state = confirm ? FeedbackState.Confirmed : FeedbackState.Dismissed;
        await Task.Run(() => _state.Feedback.SetState(feedbackId, state), cancellationToken).ConfigureAwait(false);
        return feedback with { State = state };
    }

    private static string NewId() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    private void RequireOperator()
    {
        if (!_principal.IsOperator)
            throw new TextToSqlException("NOT_AN_OPERATOR", $"'{_principal.Name}' is no operator; the configuration names those who are.");
    }

    /// <summary>Writes what the guard accepted, without row policies: every caller's own come in when it is used.</summary>
    private string Accepted(string sql) => SqlPrinter.Print(_database.Check(sql, _guard).Require(), _database.Dialect);
}
