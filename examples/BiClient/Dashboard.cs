using Google.Rpc;
using Grpc.Core;
using TaskServices.Protos.TextToSql.V1;

namespace TaskServices.Examples.BiClient;

/// <summary>What a BI tool does with the service: lists schemas, asks, and shows rows, explanation and suggested chart. Text in place of widgets.</summary>
public sealed class Dashboard(TextToSqlService.TextToSqlServiceClient service, TextWriter output)
{
    private const int MaxShownRows = 10;

    /// <summary>Asks one question after the other, each as a follow-up of the one before.</summary>
    /// <returns>Whether every question was answered.</returns>
    public async Task<bool> RunAsync(string schemaId, IReadOnlyList<string> questions, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(questions);
        try
        {
            await ShowSchemasAsync(cancellationToken).ConfigureAwait(false);
            PreviousTurn? previous = null;
            foreach (var question in questions)
            {
                previous = await AskAsync(schemaId, question, previous, cancellationToken).ConfigureAwait(false);
                if (previous is null)
                    return false;
            }

            return true;
        }
        catch (RpcException exception)
        {
            // Programs branch on the reason; the message is for people and may change.
            var reason = exception.GetRpcStatus()?.GetDetail<ErrorInfo>()?.Reason ?? exception.StatusCode.ToString();
            await output.WriteLineAsync($"failed [{reason}]: {exception.Status.Detail}".AsMemory(), cancellationToken).ConfigureAwait(false);
            return false;
        }
    }

    private async Task ShowSchemasAsync(CancellationToken cancellationToken)
    {
        var list = await service.ListSchemasAsync(new ListSchemasRequest(), cancellationToken: cancellationToken).ConfigureAwait(false);
        foreach (var id in list.SchemaIds)
        {
            var schema = (await service.GetSchemaAsync(new GetSchemaRequest { SchemaId = id }, cancellationToken: cancellationToken).ConfigureAwait(false)).Schema;
            await WriteAsync($"schema {id}: {string.Join(", ", schema.Tables.Select(table => table.Name))}").ConfigureAwait(false);
        }
    }

    /// <returns>The turn that the next question may follow up; null where there was no answer.</returns>
    private async Task<PreviousTurn?> AskAsync(string schemaId, string question, PreviousTurn? previous, CancellationToken cancellationToken)
    {
        await WriteAsync($"\n? {question}").ConfigureAwait(false);
        using var call = service.Ask(new AskRequest { SchemaId = schemaId, Question = question, Previous = previous }, cancellationToken: cancellationToken);
        GeneratedSql? sql = null;
        var shown = 0;
        await foreach (var answer in call.ResponseStream.ReadAllAsync(cancellationToken).ConfigureAwait(false))
        {
            switch (answer.EventCase)
            {
                case AskResponse.EventOneofCase.Sql:
                    sql = answer.Sql;
                    await ShowSqlAsync(sql).ConfigureAwait(false);
                    break;
                case AskResponse.EventOneofCase.RowBatch:
                    if (answer.RowBatch.ColumnNames.Count > 0)
                        await WriteAsync(string.Join(" | ", answer.RowBatch.ColumnNames)).ConfigureAwait(false);
                    foreach (var row in answer.RowBatch.Rows.Take(MaxShownRows - shown))
                        await WriteAsync(string.Join(" | ", row.Cells.Select(Show))).ConfigureAwait(false);
                    shown = Math.Min(MaxShownRows, shown + answer.RowBatch.Rows.Count);
                    break;
                case AskResponse.EventOneofCase.Summary when sql?.Status is SqlStatus.Answered:
                    await ShowSummaryAsync(answer.Summary).ConfigureAwait(false);
                    break;
            }
        }

        return sql?.Status is SqlStatus.Answered ? new PreviousTurn { Question = question, Sql = sql.Sql } : null;
    }

    private async Task ShowSqlAsync(GeneratedSql sql)
    {
        if (sql.Status is not SqlStatus.Answered)
        {
            await WriteAsync($"no answer [{sql.Reason}]: {sql.Message}").ConfigureAwait(false);
            return;
        }

        await WriteAsync(sql.Sql).ConfigureAwait(false);
        await WriteAsync(sql.Explanation).ConfigureAwait(false);
        if (sql.Note.Length > 0)
            await WriteAsync($"note: {sql.Note}").ConfigureAwait(false);
    }

    private async Task ShowSummaryAsync(AskSummary summary)
    {
        var cut = summary.TruncatedBy.Length > 0 ? $", cut by {summary.TruncatedBy}" : "";
        await WriteAsync($"{summary.RowCount} rows{cut}").ConfigureAwait(false);
        var axes = new[] { ("x", summary.Chart.X), ("y", summary.Chart.Y), ("series", summary.Chart.Series) }
            .Where(axis => axis.Item2 is not null).Select(axis => $"{axis.Item1}={axis.Item2.ColumnName}");
        await WriteAsync($"chart: {summary.Chart.Kind} {string.Join(' ', axes)} ({summary.Chart.Why})").ConfigureAwait(false);
    }

    private static string Show(Cell cell) => cell.KindCase switch
    {
        Cell.KindOneofCase.NullValue => "",
        Cell.KindOneofCase.IntegerValue => cell.IntegerValue.ToString(System.Globalization.CultureInfo.InvariantCulture),
        Cell.KindOneofCase.DoubleValue => cell.DoubleValue.ToString("R", System.Globalization.CultureInfo.InvariantCulture),
        Cell.KindOneofCase.DecimalValue => cell.DecimalValue,
        Cell.KindOneofCase.BoolValue => cell.BoolValue ? "true" : "false",
        Cell.KindOneofCase.BytesValue => $"{cell.BytesValue.Length} bytes",
        Cell.KindOneofCase.TimestampValue => cell.TimestampValue,
        Cell.KindOneofCase.DateValue => cell.DateValue,
        _ => cell.TextValue,
    };

    private Task WriteAsync(string line) => output.WriteLineAsync(line);
}
