namespace TaskServices.TextToSql.Audit;

/// <summary>Where the audit log is, and what a failure to write it means.</summary>
/// <param name="Path">Path of the file; it is made where there is none. Or the URL of a database with the table that docs/roles/audit.sql makes.</param>
/// <param name="ContinueOnFailure">Whether questions are answered, with a warning, though their record could not be written.</param>
/// <param name="Password">Password for a URL that has none.</param>
public sealed record AuditSettings(string Path, bool ContinueOnFailure = false, Configuration.Secret? Password = null);
