using TaskServices.Inference.Tokenization;
using TaskServices.TextToSql.Execution;
using TaskServices.TextToSql.Guard;
using TaskServices.TextToSql.Linking;
using TaskServices.TextToSql.Schema;
using TaskServices.TextToSql.Sql;
using TaskServices.TextToSql.Sql.Ast;
using TaskServices.TextToSql.Sql.Explanation;

namespace TaskServices.TextToSql.Generation;

/// <summary>Everything about one database, as principals with the same grants see it, that does not change from question to question. Immutable.</summary>
/// <param name="Executor">Runs statements on the database; shared by all views of it.</param>
/// <param name="FullSchema">Everything the database has: what the guard resolves names against.</param>
/// <param name="Schema">The tables and columns that may be known of.</param>
/// <param name="Words">The stems of the schema's names.</param>
/// <param name="Prompts">What each question's prompt shows of the schema.</param>
internal sealed record RegisteredDatabase(
    SqlDialect Dialect,
    IQueryExecutor Executor,
    DatabaseSchema FullSchema,
    DatabaseSchema Schema,
    AccessGrant Grant,
    ValueIndex Values,
    SchemaWords Words,
    PromptSchemas Prompts)
{
    /// <summary>Longest time for reading a schema.</summary>
    public static readonly TimeSpan SchemaTime = TimeSpan.FromSeconds(30);

    /// <summary>Guards a statement in the database's dialect under the grant.</summary>
    public GuardResult Check(string sql, GuardOptions guard) => SqlGuard.Check(sql, Dialect, FullSchema, Grant, guard);

    /// <summary>Guards a query in the database's dialect under the grant.</summary>
    public GuardResult Check(Query query, GuardOptions guard) => SqlGuard.Check(query, Dialect, FullSchema, Grant, guard);

    /// <summary>Makes an answer of what the guard accepted.</summary>
    public SqlPrediction Answer(GuardResult accepted) => new()
    {
        Status = PredictionStatus.Answered,
        Sql = accepted.Verdict.Sql,
        ExecutableSql = accepted.Verdict.ExecutableSql,
        Parameters = accepted.Verdict.Parameters,
        Explanation = SqlExplanation.Explain(accepted.Require(), Schema),
    };

    /// <summary>Reads a database's schema and values, and prepares its prompt and grammars.</summary>
    /// <exception cref="TextToSqlException">The database cannot be opened, is empty, or its schema does not fit the model.</exception>
    public static async Task<RegisteredDatabase> OpenAsync(
        string name, DatabaseUrl url, IQueryExecutor executor, DatabaseAccess? access, Principal principal, ITokenizer tokenizer, CancellationToken cancellationToken)
    {
        var full = await executor.ReadSchemaAsync(name, SchemaTime, cancellationToken).ConfigureAwait(false);
        var grant = access?.Resolve(principal, full, url.Dialect) ?? AccessGrant.Everything(full);
        var schema = access is null ? full : grant.View(full);
        if (access is not null && schema.Tables.Count is 0)
            throw new TextToSqlException("NOTHING_GRANTED", $"No table of the database '{name}' may be read by {principal.Name}.");
        var shown = access is null ? full : grant.ValuesView(full);
        var values = url.Given is not null ? ValueIndex.Empty : url.Dialect is SqlDialect.Sqlite
            ? ValueIndex.Build(url.Path, shown, cancellationToken)
            : await ServerValues.ReadAsync(executor, url.Dialect, full, shown, grant, ServerValues.Limits, cancellationToken).ConfigureAwait(false);
        return new(
            url.Dialect,
            executor,
            full,
            schema,
            grant,
            values,
            new SchemaWords(schema),
            new PromptSchemas(schema, tokenizer));
    }
}
