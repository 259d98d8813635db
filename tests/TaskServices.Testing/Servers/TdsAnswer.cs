namespace TaskServices.Testing.Servers;

/// <summary>What the double answers to a statement.</summary>
internal abstract record TdsAnswer
{
    /// <summary>A statement without rows.</summary>
    public static TdsAnswer Done { get; } = new TdsDone();

    /// <summary>Nothing, until the client sends an attention.</summary>
    public static TdsAnswer Never { get; } = new TdsNever();

    public static TdsAnswer Rows(TdsColumn[] columns, params IEnumerable<byte[][]> rows) => new TdsRows(columns, rows);

    public static TdsAnswer Error(int number, byte severity = 16) => new TdsError(number, severity);
}

internal sealed record TdsDone : TdsAnswer;

internal sealed record TdsNever : TdsAnswer;

internal sealed record TdsRows(TdsColumn[] Columns, IEnumerable<byte[][]> Values) : TdsAnswer;

internal sealed record TdsError(int Number, byte Severity) : TdsAnswer;
