namespace TaskServices.TextToSql.Knowledge;

/// <summary>Keeps verified queries and finds those near a question.</summary>
/// <remarks>Safe for use from several threads.</remarks>
public interface IVerifiedQueries
{
    /// <summary>Adds a query, replacing the one of the same database, tenant and question. It is on the disk when the task ends.</summary>
    /// <exception cref="TextToSqlException">Reason <c>VERIFIED_QUERY_INVALID</c> or <c>VERIFIED_QUERIES_UNWRITABLE</c>.</exception>
    Task AddAsync(VerifiedQuery query, CancellationToken cancellationToken);

    /// <summary>Removes a query.</summary>
    /// <returns>Whether there was one.</returns>
    Task<bool> RemoveAsync(string id, CancellationToken cancellationToken);

    /// <summary>Lists the queries of a database that serve a tenant, in no order.</summary>
    /// <param name="tenant">The caller's tenant; queries of other tenants do not exist for it.</param>
    IReadOnlyList<VerifiedQuery> List(string databaseName, string? tenant);

    /// <summary>Finds the queries nearest to a question, the nearest first.</summary>
    /// <param name="tenant">The caller's tenant; queries of other tenants do not exist for it.</param>
    /// <param name="count">Most queries to return.</param>
    IReadOnlyList<VerifiedMatch> Find(string databaseName, string? tenant, string question, int count);
}
