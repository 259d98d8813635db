using System.Runtime.CompilerServices;
using TaskServices.Inference;
using TaskServices.TextToSql.Execution;

namespace TaskServices.TextToSql.Audit;

/// <summary>How an execution ended.</summary>
/// <param name="Status"><c>COMPLETED</c>, <c>FAILED</c> or <c>ABANDONED</c> (the caller read no further).</param>
/// <param name="Rows">Rows handed out.</param>
internal sealed record ExecutionOutcome(string Status, string? Reason, long Rows, string? TruncatedBy);

/// <summary>Counts the rows of a result and reports its end once. The reader does not see the end before it is reported.</summary>
internal sealed class AuditedQueryResult(QueryResult inner, Func<ExecutionOutcome, Task> report) : QueryResult
{
    private long _rows;
    private bool _reported;

    public override IReadOnlyList<string> Columns => inner.Columns;

    public override string? TruncatedBy => inner.TruncatedBy;

    public override async IAsyncEnumerable<object?[]> ReadRowsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var rows = inner.ReadRowsAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (await MoveNextAsync(rows).ConfigureAwait(false))
        {
            _rows++;
            yield return rows.Current;
        }

        await ReportAsync("COMPLETED", null).ConfigureAwait(false);
    }

    public override async ValueTask DisposeAsync()
    {
        await inner.DisposeAsync().ConfigureAwait(false);
        await ReportAsync("ABANDONED", null).ConfigureAwait(false);
    }

    private async Task<bool> MoveNextAsync(IAsyncEnumerator<object?[]> rows)
    {
        try
        {
            return await rows.MoveNextAsync().ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            await ReportAsync("FAILED", AuditReason.Of(exception)).ConfigureAwait(false);
            throw;
        }
    }

    private Task ReportAsync(string status, string? reason)
    {
        if (_reported)
            return Task.CompletedTask;
        _reported = true;
        return report(new(status, reason, _rows, inner.TruncatedBy));
    }
}

/// <summary>The machine-readable reason of a failure.</summary>
internal static class AuditReason
{
    public static string Of(Exception exception) => exception switch
    {
        TextToSqlException error => error.Reason,
        InferenceException error => error.Reason,
        OperationCanceledException => "CANCELLED",
        _ => "UNEXPECTED",
    };
}
