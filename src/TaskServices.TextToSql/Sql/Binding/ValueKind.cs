namespace TaskServices.TextToSql.Sql.Binding;

/// <summary>The kinds of values that engines treat differently where SQLite does not.</summary>
internal enum ValueKind
{
    Unknown,
    Integer,

    /// <summary>Binary floating point.</summary>
    Real,

    /// <summary>Exact decimal.</summary>
    Decimal,
    Text,
    Date,
    Time,
    Timestamp,
    Boolean,
    Blob,
    Json,
}
