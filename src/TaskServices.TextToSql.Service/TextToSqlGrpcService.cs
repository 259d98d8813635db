using System.Diagnostics;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using TaskServices.ServiceDefaults.Errors;
using TaskServices.ServiceDefaults.Loading;
using TaskServices.TextToSql.Answers;
using TaskServices.TextToSql.Answers.Charts;
using TaskServices.TextToSql.Execution;
using TaskServices.TextToSql.Generation;
using Proto = TaskServices.Protos.TextToSql.V1;

namespace TaskServices.TextToSql.Service;

/// <summary>Maps <c>taskservices.text_to_sql.v1</c> calls onto <see cref="ITextToSql"/>.</summary>
internal sealed partial class TextToSqlGrpcService(LateLoaded<ITextToSql> source, CallPrincipal principal, AnswerCost cost) : Proto.TextToSqlService.TextToSqlServiceBase
{
    // Errors repeat the id, and trailers are small.
    private const int MaxSchemaIdLength = 200;
    private const int MaxQuestionLength = 4_000;
    private const int MaxSqlLength = 100_000;
    private const int MaxRowCount = 100_000;
    private const int RowsPerBatch = 100;

    // Rows have to fit a message of 4 MiB, the default bound of gRPC clients.
    private const int MaxCellBytes = 64 << 10;
    private const int MaxBatchBytes = 1 << 20;

    public override async Task<Proto.GenerateSqlResponse> GenerateSql(Proto.GenerateSqlRequest request, ServerCallContext context)
    {
        var textToSql = await FindForQuestionAsync(request.SchemaId, request.Question, violations => RequirePrevious(violations, request.Previous), context);
        // Cancelled by the client's deadline as well as by a disconnect.
        var prediction = await FollowUpAsync(textToSql, request.SchemaId, request.Previous, request.Question, context.CancellationToken)
            ?? await textToSql.GenerateAsync(request.SchemaId, request.Question, context.CancellationToken);
        return new Proto.GenerateSqlResponse { GeneratedSql = ToProto(prediction, request.Previous) };
    }

    public override async Task Ask(Proto.AskRequest request, IServerStreamWriter<Proto.AskResponse> responseStream, ServerCallContext context)
    {
        var cancellationToken = context.CancellationToken;
        var textToSql = await FindForQuestionAsync(
            request.SchemaId,
            request.Question,
            violations =>
            {
                violations.Require(request.MaxRowCount is >= 0 and <= MaxRowCount, "max_row_count", "must be in [0, 100000]");
                RequirePrevious(violations, request.Previous);
            },
            context);
        var traits = textToSql.GetTraits(request.SchemaId);
        if (!traits.CanExecute)
        {
            await textToSql.RecordRefusalAsync(request.SchemaId, request.Question, "NO_DATABASE");
            throw new TextToSqlException("NO_DATABASE", "This schema was registered without a database; GenerateSql writes SQL for it.");
        }

        var prediction = await FollowUpAsync(textToSql, request.SchemaId, request.Previous, request.Question, cancellationToken)
            ?? await textToSql.AskAsync(request.SchemaId, request.Question, cancellationToken);
        await responseStream.WriteAsync(new Proto.AskResponse { Sql = ToProto(prediction, request.Previous) }, cancellationToken);

        var summary = new Proto.AskSummary { ExecutionDuration = new Duration() };
        if (prediction.Status is PredictionStatus.Answered)
        {
            var limits = QueryLimits.Default with
            {
                Rows = request.MaxRowCount is 0 ? QueryLimits.Default.Rows : request.MaxRowCount,
                CellBytes = MaxCellBytes,
            };
            var started = Stopwatch.GetTimestamp();
            await using var result = await textToSql.ExecuteAsync(request.SchemaId, prediction, limits, cancellationToken);
            var shape = await SendRowsAsync(result, responseStream, cancellationToken);
            summary.RowCount = shape.RowCount;
            summary.TruncatedBy = result.TruncatedBy ?? "";
            var elapsed = Stopwatch.GetElapsedTime(started);
            summary.ExecutionDuration = elapsed.ToDuration();
            summary.Chart = ProtoMapping.ToProto(ChartSuggestion.Choose(shape, SqlText.TryParse(prediction.Sql, traits.Dialect)));
            SetCost(summary, prediction.Duration + elapsed);
        }
        else
        {
            SetCost(summary, prediction.Duration);
        }

        await responseStream.WriteAsync(new Proto.AskResponse { Summary = summary }, cancellationToken);
    }

    public override Task<Proto.ValidateSqlResponse> ValidateSql(Proto.ValidateSqlRequest request, ServerCallContext context)
    {
        Check(request.SchemaId, violations => RequireSql(violations, request.Sql));
        return Task.FromResult(ProtoMapping.ToProto(Find(request.SchemaId, context).Validate(request.SchemaId, request.Sql)));
    }

    public override Task<Proto.ExplainSqlResponse> ExplainSql(Proto.ExplainSqlRequest request, ServerCallContext context)
    {
        Check(request.SchemaId, violations => RequireSql(violations, request.Sql));
        return Task.FromResult(new Proto.ExplainSqlResponse { Explanation = Find(request.SchemaId, context).Explain(request.SchemaId, request.Sql) });
    }

    public override Task<Proto.GetSchemaResponse> GetSchema(Proto.GetSchemaRequest request, ServerCallContext context)
    {
        Check(request.SchemaId, _ => { });
        var textToSql = Find(request.SchemaId, context);
        return Task.FromResult(new Proto.GetSchemaResponse
        {
            Schema = ProtoMapping.ToProto(textToSql.GetSchema(request.SchemaId), textToSql.GetTraits(request.SchemaId)),
        });
    }

    public override async Task<Proto.RegisterSchemaResponse> RegisterSchema(Proto.RegisterSchemaRequest request, ServerCallContext context)
    {
        Check(request.SchemaId, violations =>
        {
            violations.Require(request.SchemaId.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-'), "schema_id", "must have letters, digits, '_' and '-' only");
            violations.Require(request.Ddl.Length is > 0 and <= GivenSchema.MaxDdlLength, "ddl", "must be 1 to 1,048,576 characters long");
            violations.Require(System.Enum.IsDefined(request.Dialect), "dialect", "must be one of the dialects");
            violations.Require(request.Comments.Count + request.Glossary.Count <= GivenSchema.MaxNotes, "comments", "must be at most 10,000, with the glossary");
        });
        var given = ProtoMapping.FromProto(request);
        var schema = await source.Value.ForPrincipal(principal.Of(context)).RegisterSchemaAsync(given, context.CancellationToken);
        return new Proto.RegisterSchemaResponse { Schema = ProtoMapping.ToProto(schema, new(given.Dialect, CanExecute: false)) };
    }

    public override async Task<Proto.UnregisterSchemaResponse> UnregisterSchema(Proto.UnregisterSchemaRequest request, ServerCallContext context)
    {
        Check(request.SchemaId, _ => { });
        return await source.Value.ForPrincipal(principal.Of(context)).UnregisterSchemaAsync(request.SchemaId, context.CancellationToken)
            ? new() : throw new UnknownSchemaException(request.SchemaId);
    }

    public override Task<Proto.ListSchemasResponse> ListSchemas(Proto.ListSchemasRequest request, ServerCallContext context)
    {
        var response = new Proto.ListSchemasResponse();
        response.SchemaIds.AddRange(source.Value.ForPrincipal(principal.Of(context)).DatabaseNames.Order(StringComparer.Ordinal));
        return Task.FromResult(response);
    }

    private static async Task<ResultShape> SendRowsAsync(
        QueryResult result, IServerStreamWriter<Proto.AskResponse> responseStream, CancellationToken cancellationToken)
    {
        var shape = new ResultShape(result.Columns);
        var batchBytes = 0;
        var batch = new Proto.RowBatch { ColumnNames = { result.Columns } };
        await foreach (var cells in result.ReadRowsAsync(cancellationToken))
        {
            var row = ProtoMapping.ToProto(cells);
            batch.Rows.Add(row);
            batchBytes += row.CalculateSize();
            shape.Add(cells);
            if (batch.Rows.Count >= RowsPerBatch || batchBytes >= MaxBatchBytes)
            {
                await responseStream.WriteAsync(new Proto.AskResponse { RowBatch = batch }, cancellationToken);
                batch = new Proto.RowBatch();
                batchBytes = 0;
            }
        }

        // The first batch is sent without rows too: it has the columns.
        if (batch.Rows.Count > 0 || batch.ColumnNames.Count > 0)
        {
            await responseStream.WriteAsync(new Proto.AskResponse { RowBatch = batch }, cancellationToken);
        }

        return shape;
    }

    private static Task<SqlPrediction?> FollowUpAsync(
        ITextToSql textToSql, string schemaId, Proto.PreviousTurn? previous, string question, CancellationToken cancellationToken) => previous is null
        ? Task.FromResult<SqlPrediction?>(null) : textToSql.FollowUpAsync(schemaId, new(previous.Question, previous.Sql), question, cancellationToken);

    private static void RequirePrevious(FieldViolations violations, Proto.PreviousTurn? previous)
    {
        if (previous is not null)
        {
            violations.Require(previous.Question.Length is > 0 and <= MaxQuestionLength, "previous.question", "must be 1 to 4,000 characters long");
            violations.Require(previous.Sql.Length is > 0 and <= MaxSqlLength, "previous.sql", "must be 1 to 100,000 characters long");
        }
    }

    private Proto.GeneratedSql ToProto(SqlPrediction prediction, Proto.PreviousTurn? previous)
    {
        var message = ProtoMapping.ToProto(prediction);
        message.Note = previous is null ? ""
            : prediction.Origin is AnswerOrigin.FollowUp ? $"Read as a follow-up of \"{OneLine(previous.Question)}\"."
            : "Not a follow-up of a known form, or not of a query that can be changed; answered as a question of its own.";
        if (cost.Of(prediction.Duration) is { } amount)
        {
            message.Cost = amount;
        }

        return message;
    }

    private static string OneLine(string question) => string.Join(' ', question.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private void SetCost(Proto.AskSummary summary, TimeSpan duration)
    {
        if (cost.Of(duration) is { } amount)
        {
            summary.Cost = amount;
        }
    }

    private static void RequireQuestion(FieldViolations violations, string question) => violations.Require(
        question.Length <= MaxQuestionLength && !string.IsNullOrWhiteSpace(question), "question", "must be 1 to 4,000 characters long and not blank");

    private static void RequireSql(FieldViolations violations, string sql) =>
        violations.Require(sql.Length is > 0 and <= MaxSqlLength, "sql", "must be 1 to 100,000 characters long");

    private static void Check(string schemaId, Action<FieldViolations> requireMore)
    {
        var violations = new FieldViolations();
        violations.Require(schemaId.Length is > 0 and <= MaxSchemaIdLength, "schema_id", "must be 1 to 200 characters long");
        requireMore(violations);
        violations.ThrowIfAny();
    }

    /// <summary>Checks a question's fields and finds its schema. A question that fails here is recorded too, once it is known who asks.</summary>
    private async Task<ITextToSql> FindForQuestionAsync(string schemaId, string question, Action<FieldViolations> requireMore, ServerCallContext context)
    {
        try
        {
            Check(schemaId, violations =>
            {
                RequireQuestion(violations, question);
                requireMore(violations);
            });
            return Find(schemaId, context);
        }
        catch (Exception exception) when (exception is InvalidFieldsException or UnknownSchemaException)
        {
            var reason = exception is UnknownSchemaException ? "UNKNOWN_DATABASE" : "INVALID_QUESTION";
            await source.Value.ForPrincipal(principal.Of(context)).RecordRefusalAsync(schemaId, question, reason);
            throw;
        }
    }

    private ITextToSql Find(string schemaId, ServerCallContext context)
    {
        var textToSql = source.Value.ForPrincipal(principal.Of(context));
        return textToSql.DatabaseNames.Contains(schemaId) ? textToSql : throw new UnknownSchemaException(schemaId);
    }
}
