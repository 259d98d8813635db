using TaskServices.TextToSql.Answers;
using TaskServices.TextToSql.Guard;
using TaskServices.TextToSql.Schema;

namespace TaskServices.TextToSql.Execution;

/// <summary>Stands where a database would: it has the schema that was given, and nothing to run a statement on.</summary>
internal sealed class GivenSchemaExecutor(GivenSchema schema) : IQueryExecutor
{
    public Task<QueryResult> ExecuteAsync(ExecutableQuery query, AccessGrant grant, QueryLimits limits, CancellationToken cancellationToken) =>
        throw new TextToSqlException("NO_DATABASE", $"'{schema.Name}' was registered as a schema only: there is SQL for its questions, and no database to run it on.");

    public Task<DatabaseSchema> ReadSchemaAsync(string name, TimeSpan timeout, CancellationToken cancellationToken) => Task.FromResult(schema.Read());

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
