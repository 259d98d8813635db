namespace TaskServices.TextToSql.Audit;

/// <summary>Where the audit log is, and what a failure to write it means.</summary>
/// <param name="Path">Path of the file; it is made where there is none.</param>
/// <param name="ContinueOnFailure">Whether questions are answered, with a warning, though their record could not be written.</param>
public sealed record AuditSettings(string Path, bool ContinueOnFailure = false);
