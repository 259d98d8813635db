using TaskServices.TextToSql.Generation;
using TaskServices.TextToSql.Guard;
using TaskServices.TextToSql.Schema;
using TaskServices.TextToSql.Sql;

namespace TaskServices.Cli;

/// <summary>Builds the domain objects from the command line's options. The only place that knows how they fit together.</summary>
internal static class Composition
{
    /// <summary>Loads model and adapter (importing them on first use) and registers the databases.</summary>
    /// <param name="databases">URL of each database by its name.</param>
    /// <exception cref="Inference.InferenceException">The model or the adapter cannot be loaded.</exception>
    public static Task<TextToSqlSession> OpenTextToSqlAsync(
        ModelChoice model, IReadOnlyDictionary<string, string> databases, CancellationToken cancellationToken) =>
        throw CliException.Environment("NOT_AVAILABLE", "text-to-SQL is not part of this build yet.");

    /// <summary>Asks the guard about one statement.</summary>
    public static GuardVerdict CheckSql(string statement, SqlDialect dialect, DatabaseSchema schema, AccessGrant grant) =>
        SqlGuard.Check(statement, dialect, schema, grant, GuardOptions.Default).Verdict;
}

/// <summary>The text-to-SQL task and what it keeps loaded.</summary>
internal sealed class TextToSqlSession(ITextToSql textToSql, IAsyncDisposable engine) : IAsyncDisposable
{
    public ITextToSql TextToSql { get; } = textToSql;

    public ValueTask DisposeAsync() => engine.DisposeAsync();
}
