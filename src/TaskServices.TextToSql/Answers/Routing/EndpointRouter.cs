using System.Text;
using System.Text.RegularExpressions;
using TaskServices.TextToSql.Generation;
using TaskServices.TextToSql.Guard;
using TaskServices.TextToSql.Schema;
using TaskServices.TextToSql.Sql;
using TaskServices.TextToSql.Sql.Explanation;
using TaskServices.TextToSql.Sql.Printing;

namespace TaskServices.TextToSql.Answers.Routing;

/// <summary>Sends questions that the model is unsure of to a larger one elsewhere. What comes back passes the same guard as everything else.</summary>
/// <remarks>
/// Sent are the question and the tables and columns that the caller may know of, no stored value and no row. An endpoint that fails, abstains or writes
/// what the guard refuses leaves the answer as it was. Safe for use from several threads.
/// </remarks>
public sealed partial class EndpointRouter : IDisposable
{
    private const string Abstention = "UNANSWERABLE";

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
        var reply = await _endpoint.AskAsync(Instruction(database.Dialect), $"{Describe(database.Schema, database.Dialect)}\nQuestion: {QuestionText.ToOneLine(question)}", cancellationToken)
            .ConfigureAwait(false);
        if (reply is null)
        {
            _metrics?.RecordEndpoint("failed", 0);
            return null;
        }

        var cost = (reply.PromptTokens * _options.PromptPrice + reply.CompletionTokens * _options.CompletionPrice) / 1e6;
        var result = ExtractSql(reply.Text) is { } sql ? SqlGuard.Check(sql, database.Dialect, database.FullSchema, database.Grant, guard) : null;
        _metrics?.RecordEndpoint(result is null ? "abstained" : result.Verdict.Accepted ? "accepted" : "refused", cost);
        return result is not { Query: not null }
            ? prediction with { EndpointCost = cost }
            : new()
            {
                Status = PredictionStatus.Answered,
                Sql = result.Verdict.Sql,
                ExecutableSql = result.Verdict.ExecutableSql,
                Parameters = result.Verdict.Parameters,
                Explanation = SqlExplanation.Explain(result.Query, database.Schema),
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

    /// <summary>Takes the statement out of a reply: the last code block if there is one, else the whole text. Null for an abstention.</summary>
    internal static string? ExtractSql(string text)
    {
        var blocks = CodeBlock().Matches(text);
        var sql = (blocks.Count > 0 ? blocks[^1].Groups[1].Value : text).Trim();
        return sql.Length == 0 || sql.StartsWith(Abstention, StringComparison.OrdinalIgnoreCase) ? null : sql;
    }

    private bool IsUnsure(SqlPrediction prediction) => prediction.Status switch
    {
        PredictionStatus.Answered => prediction.Confidence < _options.Below,
        PredictionStatus.NeedsClarification or PredictionStatus.Unanswerable => true,
        PredictionStatus.Refused => prediction.Reason is not "WRITE_REQUESTED",
        _ => false,
    };

    private static string Instruction(SqlDialect dialect) =>
        $"You translate questions into {dialect} queries. Answer with one SELECT statement and nothing else. " +
        $"If the database cannot answer the question, answer with the single word {Abstention}.";

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

    [GeneratedRegex(@"```[a-z]*\s*\n?(.*?)```", RegexOptions.Singleline | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex CodeBlock();
}
