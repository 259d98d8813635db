namespace TaskServices.TextToSql.Audit;

/// <summary>Where a file's chain goes on.</summary>
/// <param name="Sequence">Number of the last record; 0 in an empty file.</param>
/// <param name="Hash">Its hash.</param>
/// <param name="Torn">What is left, behind it, of a record whose writer was killed.</param>
/// <param name="EndsLine">Whether the file ends with a line end, or is empty.</param>
internal sealed record AuditTail(long Sequence, string Hash, ReadOnlyMemory<byte> Torn, bool EndsLine)
{
    private const int MaxBytes = 2 * AuditLine.MaxBytes;

    /// <exception cref="AuditException">The file does not end with a record: something else wrote there.</exception>
    public static AuditTail Read(FileStream file)
    {
        var bytes = new byte[(int)Math.Min(file.Length, MaxBytes)];
        file.Position = file.Length - bytes.Length;
        file.ReadExactly(bytes);
        if (bytes.Length is 0)
            return new(0, AuditLine.NoHash, default, EndsLine: true);

        var endsLine = bytes[^1] is (byte)'\n';
        var end = endsLine ? bytes.Length - 1 : bytes.Length;
        for (var lineEnd = end; lineEnd >= 0;)
        {
            var start = bytes.AsSpan(0, lineEnd).LastIndexOf((byte)'\n') + 1;
            var line = bytes.AsMemory(start..lineEnd);
            if (AuditLine.Parse(line) is { } record)
            {
                if (!record.IsIntact)
                    break;
                return new(record.Sequence, record.Hash, lineEnd == end ? default : bytes.AsMemory(lineEnd + 1), endsLine);
            }

            // Only a line without an end, and then only the beginning of a record, is what a killed writer leaves.
            if (endsLine || !IsBeginning(line.Span))
                break;
            if (start is 0 && bytes.Length == file.Length)
                return new(0, AuditLine.NoHash, bytes, EndsLine: false);
            lineEnd = start - 1;
        }

        throw new AuditException($"{file.Name}: the last line is no intact audit record. Look with 'taskservices audit verify'; then move the file away, or name another.");
    }

    private static bool IsBeginning(ReadOnlySpan<byte> line) =>
        line.StartsWith(AuditLine.Beginning) || (line.Length > 0 && AuditLine.Beginning.StartsWith(line));
}
