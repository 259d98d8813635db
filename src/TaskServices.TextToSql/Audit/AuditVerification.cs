namespace TaskServices.TextToSql.Audit;

/// <summary>What became of checking a log.</summary>
/// <param name="Records">Records that are in order, up to the problem if there is one.</param>
/// <param name="Questions">How many of them are questions.</param>
/// <param name="LastHash">Hash of the last of them; kept elsewhere, it pins everything before it.</param>
/// <param name="Problem">What is wrong, with its line; null where nothing is.</param>
/// <param name="Repairs">Lines that were cut when their writer was killed, as the chain itself says.</param>
public sealed record AuditReport(long Records, long Questions, string LastHash, string? Problem, IReadOnlyList<string> Repairs);

/// <summary>Checks a log's chain: every record unchanged, none missing between others, all in order.</summary>
public static class AuditVerification
{
    /// <summary>Gets whether a log is a table of a database, by its URL.</summary>
    public static bool IsTable(string path) => AuditTable.IsUrl(path);

    /// <param name="path">Path of the file, or URL of the table's database.</param>
    /// <param name="pin">Hash of a record that must be there, from an earlier check, or null.</param>
    /// <exception cref="IOException">The file or the table cannot be read.</exception>
    /// <exception cref="AuditException">The URL is malformed.</exception>
    public static AuditReport Verify(string path, string? pin = null)
    {
        if (AuditTable.IsUrl(path))
            return VerifyTable(AuditTable.Open(path, password: null), pin);
        using var file = new FileStream(path, new FileStreamOptions { Share = FileShare.ReadWrite | FileShare.Delete, Options = FileOptions.SequentialScan });
        var chain = new Chain(pin);
        var number = 0L;
        foreach (var (line, hasEnd) in ReadLines(file))
        {
            if (chain.Add(line, hasEnd, ++number) is { } problem)
                return chain.Report(problem);
        }

        return chain.Report(chain.Finish());
    }

    private static AuditReport VerifyTable(AuditTable table, string? pin)
    {
        var chain = new Chain(pin);
        var number = 0L;
        try
        {
            foreach (var record in table.ReadAll())
            {
                if (chain.Add(System.Text.Encoding.UTF8.GetBytes(record ?? ""), hasEnd: true, ++number) is { } problem)
                    return chain.Report(problem);
            }
        }
        catch (System.Data.Common.DbException exception)
        {
            throw new IOException($"{table.Place}: the audit log cannot be read; check the server, the table's name and its grants.", exception);
        }

        return chain.Report(chain.Finish());
    }

    private static IEnumerable<(byte[] Line, bool HasEnd)> ReadLines(FileStream file)
    {
        var buffer = new byte[AuditLine.MaxBytes + 1];
        for (int filled = 0, read = -1; read is not 0;)
        {
            read = file.Read(buffer, filled, buffer.Length - filled);
            filled += read;
            var start = 0;
            for (int length; (length = buffer.AsSpan(start, filled - start).IndexOf((byte)'\n')) >= 0; start += length + 1)
                yield return (buffer[start..(start + length)], true);
            buffer.AsSpan(start, filled - start).CopyTo(buffer);
            filled -= start;
            if (filled is 0 || (read > 0 && filled < buffer.Length))
                continue;
            // The end of the file, or of what a line may have.
            yield return (buffer[..filled], false);
            yield break;
        }
    }

    private sealed class Chain(string? pin)
    {
        private readonly List<string> _repairs = [];
        private long _sequence;
        private long _questions;
        private string _hash = AuditLine.NoHash;
        private bool _pinFound = pin is null;
        private long _tornLine;
        private byte[]? _torn;

        public AuditReport Report(string? problem) => new(_sequence, _questions, _hash, problem, _repairs);

        public string? Finish() => _torn is not null
            ? Torn()
            : _pinFound ? null : $"no record has the hash {pin}: the file's tail is missing, or the file was written anew";

        public string? Add(byte[] line, bool hasEnd, long number)
        {
            if (AuditLine.Parse(line) is not { } record)
                return AddTorn(line, hasEnd, number);
            var problem = Check(record);
            if (_torn is not null && (problem is not null || record.TornBytes != _torn.Length || record.TornSha256 != AuditLine.Compute(_torn)))
                return Torn();
            if (problem is not null)
                return FormattableString.Invariant($"line {number}: {problem}");
            if (_torn is null && record.TornBytes is not null)
                return FormattableString.Invariant($"line {number}: the cut line that this repair speaks of was removed");

            if (_torn is not null)
                _repairs.Add(FormattableString.Invariant($"line {_tornLine}: {_torn.Length} bytes of a record whose writer was killed; record {record.Sequence} says so"));
            (_torn, _sequence, _hash) = (null, record.Sequence, record.Hash);
            _questions += record.Kind is "question" ? 1 : 0;
            _pinFound |= record.Hash == pin;
            return null;
        }

        private string? AddTorn(byte[] line, bool hasEnd, long number)
        {
            if (_torn is null && !hasEnd)
                return FormattableString.Invariant($"line {number}: the record is cut: its writer was killed, is writing right now, or the file was shortened");
            (_tornLine, _torn) = _torn is null ? (number, line) : (_tornLine, [.. _torn, (byte)'\n', .. line]);
            return _torn.Length > AuditLine.MaxBytes || !hasEnd ? Torn() : null;
        }

        private string? Check(AuditLine record) => record switch
        {
            { IsIntact: false } => FormattableString.Invariant($"the record was changed (seq {record.Sequence})"),
            _ when record.Sequence > _sequence + 1 =>
                FormattableString.Invariant($"record {record.Sequence} stands here, and record {_sequence + 1} was expected: records were removed or reordered"),
            _ when record.Sequence <= _sequence => FormattableString.Invariant($"record {record.Sequence} stands here again: records were repeated or reordered"),
            _ when record.Previous != _hash =>
                FormattableString.Invariant($"record {record.Sequence} does not follow from the record before it, which was changed and hashed anew"),
            _ => null,
        };

        private string Torn() =>
            FormattableString.Invariant($"line {_tornLine}: no audit record stands here, and no repair speaks of it: it was changed, cut or put there");
    }
}
