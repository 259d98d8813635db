namespace TaskServices.TextToSql.Generation;

/// <summary>One way to read a question that has several.</summary>
/// <param name="Description">What sets this reading apart, for a person: the names and values that only it uses, or what its query does.</param>
/// <param name="Sql">The guard's re-print of its query.</param>
public sealed record Reading(string Description, string Sql);
