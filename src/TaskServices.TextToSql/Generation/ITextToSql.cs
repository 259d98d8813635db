using TaskServices.TextToSql.Answers.FollowUps;
using TaskServices.TextToSql.Execution;

namespace TaskServices.TextToSql.Generation;

/// <summary>The text-to-SQL task over registered databases: what the command line, the gRPC service and the evaluations call.</summary>
/// <remarks>Safe for use from several threads.</remarks>
public interface ITextToSql
{
    /// <summary>Gets the same task as one principal sees it: its databases, tables, columns and rows.</summary>
    ITextToSql ForPrincipal(Guard.Principal principal);

    /// <summary>Gets the names of the registered databases of which the principal may read something.</summary>
    IReadOnlyCollection<string> DatabaseNames { get; }

    /// <summary>Generates validated SQL for one question. Never executes it.</summary>
    /// <param name="databaseName">A registered database.</param>
    /// <param name="question">1 to 4,000 characters. Treated as text only, whatever it says.</param>
    /// <returns>A prediction; refusals and abstentions are values of it, not exceptions.</returns>
    /// <exception cref="TextToSqlException">
    /// Reason <c>UNKNOWN_DATABASE</c>, <c>QUESTION_EMPTY</c>, <c>QUESTION_TOO_LONG</c>, <c>PROMPT_TOO_LONG</c> and the database's own failures.
    /// </exception>
    Task<SqlPrediction> GenerateAsync(string databaseName, string question, CancellationToken cancellationToken);

    /// <summary>
    /// As <see cref="GenerateAsync"/>, for a caller who will execute the answer: candidates may be executed too, read-only, under the caller's own
    /// grants and tight limits, so that the best of them is chosen.
    /// </summary>
    /// <inheritdoc cref="GenerateAsync"/>
    Task<SqlPrediction> AskAsync(string databaseName, string question, CancellationToken cancellationToken) =>
        GenerateAsync(databaseName, question, cancellationToken);

    /// <summary>Answers a follow-up by changing the query before it, without the model.</summary>
    /// <param name="previous">The turn before.</param>
    /// <returns>
    /// An answer that has passed every check; null where the follow-up is of no known form or the earlier query does not pass the guard: ask the
    /// question as it is then.
    /// </returns>
    /// <exception cref="TextToSqlException">As <see cref="GenerateAsync"/>.</exception>
    Task<SqlPrediction?> FollowUpAsync(string databaseName, PreviousTurn previous, string question, CancellationToken cancellationToken) =>
        Task.FromResult<SqlPrediction?>(null);

    /// <summary>Notes a question that its caller was refused before it came to <see cref="GenerateAsync"/>; only an audit log does something.</summary>
    Task RecordRefusalAsync(string databaseName, string question, string reason) => Task.CompletedTask;

    /// <summary>Executes what <see cref="GenerateAsync"/> answered, read-only, and streams the rows.</summary>
    /// <exception cref="TextToSqlException">Reason <c>QUERY_TIMED_OUT</c>, <c>DATABASE_LOCKED</c>, <c>DATABASE_CORRUPT</c>, <c>QUERY_FAILED</c>, …</exception>
    Task<QueryResult> ExecuteAsync(
        string databaseName, SqlPrediction prediction, QueryLimits limits, CancellationToken cancellationToken);

    /// <summary>Checks a statement as if the model had written it.</summary>
    Guard.GuardVerdict Validate(string databaseName, string sql);

    /// <summary>Explains an accepted statement in words.</summary>
    /// <exception cref="TextToSqlException">Reason <c>SQL_REFUSED</c>: the statement does not pass the guard.</exception>
    string Explain(string databaseName, string sql);

    /// <summary>Gets the schema as the service sees it.</summary>
    Schema.DatabaseSchema GetSchema(string databaseName);

    /// <summary>Gets in which dialect a database is asked, and whether there is one to run its SQL on.</summary>
    DatabaseTraits GetTraits(string databaseName) => new(Sql.SqlDialect.Sqlite, CanExecute: true);

    /// <summary>Gets what the principal may teach about a database.</summary>
    /// <exception cref="TextToSqlException">Reason <c>UNKNOWN_DATABASE</c>, or <c>KNOWLEDGE_FIXED</c> (nothing is taken here).</exception>
    Answers.AnswerKnowledge GetKnowledge(string databaseName) => throw new TextToSqlException("KNOWLEDGE_FIXED", "No verified queries and no feedback are taken here.");

    /// <summary>Registers a schema without a database for the principal's tenant, replacing what the tenant had under its name.</summary>
    /// <returns>The schema as it was read.</returns>
    /// <exception cref="TextToSqlException">
    /// Reason <c>SCHEMA_EXISTS</c> (a database has the name), <c>SCHEMA_INVALID</c>, <c>SCHEMA_TOO_LARGE</c>, <c>TOO_MANY_SCHEMAS</c>,
    /// <c>STATE_UNWRITABLE</c>, or <c>SCHEMAS_FIXED</c> (schemas are not taken here).
    /// </exception>
    Task<Schema.DatabaseSchema> RegisterSchemaAsync(Answers.GivenSchema schema, CancellationToken cancellationToken) =>
        throw new TextToSqlException("SCHEMAS_FIXED", "No schemas are taken here.");

    /// <summary>Forgets a schema that the principal's tenant had registered.</summary>
    /// <returns>Whether there was one.</returns>
    /// <exception cref="TextToSqlException">Reason <c>STATE_UNWRITABLE</c>.</exception>
    Task<bool> UnregisterSchemaAsync(string name, CancellationToken cancellationToken) => Task.FromResult(false);
}

/// <summary>What a caller has to know of a database besides its schema.</summary>
/// <param name="Dialect">Dialect of its SQL.</param>
/// <param name="CanExecute">Whether there is a database to run the SQL on, not just a schema.</param>
public sealed record DatabaseTraits(Sql.SqlDialect Dialect, bool CanExecute);
