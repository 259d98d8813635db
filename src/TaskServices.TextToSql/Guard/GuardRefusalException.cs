namespace TaskServices.TextToSql.Guard;

/// <summary>What the guard refuses in a statement that can be read and bound.</summary>
internal sealed class GuardRefusalException(string reason, string message) : TextToSqlException(reason, message);
