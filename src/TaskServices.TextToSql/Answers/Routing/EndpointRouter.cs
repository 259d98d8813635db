using System.Text;
using TaskServices.TextToSql.Generation;
using TaskServices.TextToSql.Guard;
using TaskServices.TextToSql.Schema;
using TaskServices.TextToSql.Sql;
using TaskServices.TextToSql.Sql.Printing;

namespace TaskServices.TextToSql.Answers.Routing;

/// <summary>Sends questions that the model is unsure of to a larger one elsewhere. What comes back passes the same guard as everything else.</summary>
/// <remarks>
/// Sent are the question and the tables and columns that the caller may know of, no stored value and no row. An endpoint that fails, abstains or writes
/// what the guard refuses leaves the answer as it was. Safe for use from several threads.
/// </remarks>
public sealed class EndpointRouter : IDisposable
{
    /// <summary>The endpoint tells no confidence of its own, and none was measured.</summary>
    private const double Confidence = 0.5;

    private readonly EndpointOptions _options;
    private readonly TextToSqlMetrics? _metrics;
    private readonly ChatEndpoint _endpoint;

    /// <param name="metrics">Instruments, or null.</param>
    public EndpointRouter(EndpointOptions options, TextToSqlMetrics? metrics = null) => (_options, _metrics, _endpoint) = (options, metrics, new ChatEndpoint(options));

    /// <returns>The endpoint's answer; null where the one that is there stays.</returns>
    internal async Task<SqlPrediction?> RouteAsync(
        RegisteredDatabase database, string question, SqlPrediction prediction, GuardOptions guard, CancellationToken cancellationToken)
    {
        if (!IsUnsure(prediction))
            return null;
        var reply = await _endpoint.AskAsync(ReplySql.Instruction(database.Dialect.ToString()), $"{Describe(database.Schema, database.Dialect)}\nQuestion: {QuestionText.ToOneLine(question)}", cancellationToken)
            .ConfigureAwait(false);
        if (reply is null)
        {
            _metrics?.RecordEndpoint("failed", 0);
            return null;
        }

        var cost = _options.Prices?.Of(reply.PromptTokens, reply.CompletionTokens) ?? 0;
        var result = ReplySql.Extract(reply.Text) is { } sql ? database.Check(sql, guard) : null;
        _metrics?.RecordEndpoint(result is null ? "abstained" : result.Verdict.Accepted ? "accepted" : "refused", cost);
        return result is not { Query: not null }
            ? prediction with { EndpointCost = cost }
            : database.Answer(result) with
            {
                Confidence = Confidence,
                CandidateCount = prediction.CandidateCount + 1,
                PromptTokenCount = prediction.PromptTokenCount,
                CachedPromptTokenCount = prediction.CachedPromptTokenCount,
                CompletionTokenCount = prediction.CompletionTokenCount,
                Origin = AnswerOrigin.Endpoint,
                EndpointCost = cost,
            };
    }

    public void Dispose() => _endpoint.Dispose();

    private bool IsUnsure(SqlPrediction prediction) => prediction.Status switch
    {
        PredictionStatus.Answered => prediction.Confidence < _options.Below,
        PredictionStatus.NeedsClarification or PredictionStatus.Unanswerable => true,
        PredictionStatus.Refused => prediction.Reason is not "WRITE_REQUESTED",
        _ => false,
    };

    private static string Describe(DatabaseSchema schema, SqlDialect dialect)
    {
        var text = new StringBuilder();
        foreach (var table in schema.Tables)
        {
            text.Append("CREATE TABLE ").Append(Name(table.Name)).Append(" (")
                .AppendJoin(", ", table.Columns.Select(column => $"{Name(column.Name)} {column.DeclaredType}".TrimEnd()));
            if (table.PrimaryKey.Count > 0)
                text.Append(", PRIMARY KEY (").AppendJoin(", ", table.PrimaryKey.Select(Name)).Append(')');
            foreach (var key in schema.ForeignKeys.Where(key => key.Table.Equals(table.Name, StringComparison.OrdinalIgnoreCase)))
            {
                text.Append(", FOREIGN KEY (").AppendJoin(", ", key.Columns.Select(Name)).Append(") REFERENCES ").Append(Name(key.ReferencedTable))
                    .Append(" (").AppendJoin(", ", key.ReferencedColumns.Select(Name)).Append(')');
            }

            text.Append(");\n");
        }

        return text.ToString();

        string Name(string name) => SqlPrinter.PrintName(name, dialect);
    }
}
