using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using TaskServices.TextToSql.Execution;

namespace TaskServices.TextToSql.Generation.Selection;

/// <summary>Executes candidates read-only, under the caller's own grant and tight limits, to tell them apart by their results.</summary>
/// <remarks>Nothing of a result leaves this class but counts and a hash. Not thread safe.</remarks>
internal sealed class CandidateRunner(RegisteredDatabase database)
{
    public const int MaxRows = 200;

    private static readonly QueryLimits Limits = new(MaxRows, 1 << 20, 1 << 10, TimeSpan.FromSeconds(0.5));

    /// <summary>Time for all candidates of one question; what is left then is not executed.</summary>
    private static readonly TimeSpan TotalTime = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, CandidateRun> _bySql = new(StringComparer.Ordinal);
    private TimeSpan _used;

    /// <returns>The outcome, or null where the candidate may not run or the time is used up.</returns>
    public async Task<CandidateRun?> RunAsync(Candidate candidate, CancellationToken cancellationToken)
    {
        if (candidate.Verdict is not { Accepted: true, ExecutableSql: { } sql })
            return null;
        if (_bySql.TryGetValue(sql, out var known))
            return known;
        if (_used >= TotalTime)
            return null;
        var started = Stopwatch.GetTimestamp();
        var run = await ExecuteAsync(new(sql, candidate.Verdict.Parameters), cancellationToken).ConfigureAwait(false);
        _used += Stopwatch.GetElapsedTime(started);
        return _bySql[sql] = run;
    }

    private async Task<CandidateRun> ExecuteAsync(ExecutableQuery query, CancellationToken cancellationToken)
    {
        try
        {
            var result = await database.Executor.ExecuteAsync(query, database.Grant, Limits, cancellationToken).ConfigureAwait(false);
            await using (result.ConfigureAwait(false))
            {
                var rows = new List<string>();
                var (hasValue, only) = (false, (object?)null);
                await foreach (var row in result.ReadRowsAsync(cancellationToken).ConfigureAwait(false))
                {
                    hasValue |= row.Any(cell => cell is not null);
                    only = row.Length == 1 ? row[0] : "several";
                    rows.Add(string.Join('\u001f', row.Select(Write)));
                }

                rows.Sort(StringComparer.Ordinal);
                var text = string.Join('\u001e', rows) + (result.TruncatedBy is null ? "" : "…");
                var isBlank = rows.Count > 0 && (!hasValue || (rows.Count == 1 && only is null or 0L or 0.0));
                return new(false, rows.Count, result.Columns.Count, isBlank, Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 12)));
            }
        }
        catch (TextToSqlException)
        {
            return CandidateRun.Failure;
        }
    }

    private static string Write(object? cell) => cell switch
    {
        null => "\0",
        double number when Math.Abs(number) < 1e15 && number == Math.Floor(number) => ((long)number).ToString(CultureInfo.InvariantCulture),
        byte[] bytes => Convert.ToHexString(bytes),
        IFormattable value => value.ToString(null, CultureInfo.InvariantCulture),
        _ => cell.ToString() ?? "",
    };
}
