using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using TaskServices.TextToSql.Answers;
using TaskServices.TextToSql.Answers.Charts;
using TaskServices.TextToSql.Generation;
using TaskServices.TextToSql.Guard;
using TaskServices.TextToSql.Knowledge;
using TaskServices.TextToSql.Schema;
using TaskServices.TextToSql.Sql;
using Proto = TaskServices.Protos.TextToSql.V1;

namespace TaskServices.TextToSql.Service;

/// <summary>Turns the domain's answers into messages.</summary>
internal static class ProtoMapping
{
    public static Proto.GeneratedSql ToProto(SqlPrediction prediction)
    {
        var message = new Proto.GeneratedSql
        {
            Status = prediction.Status switch
            {
                PredictionStatus.Answered => Proto.SqlStatus.Answered,
                PredictionStatus.NeedsClarification => Proto.SqlStatus.NeedsClarification,
                PredictionStatus.Unanswerable => Proto.SqlStatus.Unanswerable,
                PredictionStatus.Refused => Proto.SqlStatus.Refused,
                _ => Proto.SqlStatus.Error,
            },
            Reason = prediction.Reason ?? "",
            Message = prediction.Message ?? "",
            Explanation = prediction.Explanation ?? "",
            Confidence = prediction.Confidence,
            CandidateCount = prediction.CandidateCount,
            PromptTokenCount = prediction.PromptTokenCount,
            CachedPromptTokenCount = prediction.CachedPromptTokenCount,
            CompletionTokenCount = prediction.CompletionTokenCount,
            Duration = prediction.Duration.ToDuration(),
            VerifiedQueryId = prediction.VerifiedQueryId ?? "",
            Origin = prediction.Origin switch
            {
                _ when prediction.VerifiedQueryId is not null => Proto.AnswerOrigin.VerifiedQuery,
                AnswerOrigin.FollowUp => Proto.AnswerOrigin.FollowUp,
                AnswerOrigin.Endpoint => Proto.AnswerOrigin.Endpoint,
                _ => Proto.AnswerOrigin.Model,
            },
            IsCached = prediction.IsCached,
            AnswerId = prediction.AnswerId ?? "",
        };
        if (prediction.Sql is { } sql)
        {
            message.Sql = sql;
        }

        if (prediction.EndpointCost is { } endpointCost)
        {
            message.EndpointCost = endpointCost;
        }

        message.Readings.AddRange(prediction.Readings.Select(reading => new Proto.Reading { Description = reading.Description, Sql = reading.Sql }));
        return message;
    }

    public static Proto.ValidateSqlResponse ToProto(GuardVerdict verdict) => new()
    {
        Accepted = verdict.Accepted,
        Reason = verdict.Reason ?? "",
        Message = verdict.Message ?? "",
        Sql = verdict.Sql ?? "",
        ExecutableSql = verdict.ExecutableSql ?? "",
    };

    public static Proto.Row ToProto(object?[] cells)
    {
        var row = new Proto.Row();
        row.Cells.AddRange(cells.Select(ToCell));
        return row;
    }

    public static Proto.Chart ToProto(ChartSuggestion chart) => new()
    {
        Kind = chart.Kind switch
        {
            ChartKind.Number => Proto.ChartKind.Number,
            ChartKind.Bar => Proto.ChartKind.Bar,
            ChartKind.Line => Proto.ChartKind.Line,
            ChartKind.Pie => Proto.ChartKind.Pie,
            ChartKind.Scatter => Proto.ChartKind.Scatter,
            _ => Proto.ChartKind.Table,
        },
        X = ToProto(chart.X),
        Y = ToProto(chart.Y),
        Series = ToProto(chart.Series),
        Why = chart.Why,
    };

    public static Proto.VerifiedQuery ToProto(VerifiedQuery query, bool isStale) => new()
    {
        VerifiedQueryId = query.Id,
        Question = query.Question,
        Sql = query.Sql,
        VerifiedBy = query.VerifiedBy ?? "",
        VerifyTime = query.VerifiedAt.ToTimestamp(),
        IsStale = isStale,
        IsShared = query.Tenant is null,
    };

    public static Proto.Feedback ToProto(Feedback feedback) => new()
    {
        FeedbackId = feedback.Id,
        Question = feedback.Question,
        Sql = feedback.Sql ?? "",
        IsRight = feedback.IsRight,
        CorrectedSql = feedback.CorrectedSql ?? "",
        Comment = feedback.Comment ?? "",
        GivenBy = feedback.Principal,
        GiveTime = feedback.GivenAt.ToTimestamp(),
        State = feedback.State switch
        {
            FeedbackState.Confirmed => Proto.FeedbackState.Confirmed,
            FeedbackState.Dismissed => Proto.FeedbackState.Dismissed,
            _ => Proto.FeedbackState.Open,
        },
    };

    public static GivenSchema FromProto(Proto.RegisterSchemaRequest request) => new(request.SchemaId, FromProto(request.Dialect), request.Ddl)
    {
        Comments = [.. request.Comments.Select(FromProto)],
        Glossary = [.. request.Glossary.Select(FromProto)],
    };

    public static Proto.Schema ToProto(DatabaseSchema schema, DatabaseTraits traits)
    {
        var message = new Proto.Schema
        {
            SchemaId = schema.Name,
            CanExecute = traits.CanExecute,
            Dialect = traits.Dialect switch
            {
                SqlDialect.Postgres => Proto.SqlDialect.Postgres,
                SqlDialect.MySql => Proto.SqlDialect.Mysql,
                SqlDialect.SqlServer => Proto.SqlDialect.SqlServer,
                SqlDialect.DuckDb => Proto.SqlDialect.Duckdb,
                _ => Proto.SqlDialect.Sqlite,
            },
        };
        foreach (var table in schema.Tables)
        {
            var columns = table.Columns.Select(column => new Proto.Column
            {
                Name = column.Name,
                DeclaredType = column.DeclaredType,
                Type = ToProto(column.Type),
                Comment = column.Comment ?? "",
            });
            message.Tables.Add(
                new Proto.Table { Name = table.Name, Columns = { columns }, PrimaryKey = { table.PrimaryKey }, Comment = table.Comment ?? "" });
        }

        message.ForeignKeys.AddRange(schema.ForeignKeys.Select(key => new Proto.ForeignKey
        {
            Table = key.Table,
            Columns = { key.Columns },
            ReferencedTable = key.ReferencedTable,
            ReferencedColumns = { key.ReferencedColumns },
        }));
        return message;
    }

    private static SqlDialect FromProto(Proto.SqlDialect dialect) => dialect switch
    {
        Proto.SqlDialect.Postgres => SqlDialect.Postgres,
        Proto.SqlDialect.Mysql => SqlDialect.MySql,
        Proto.SqlDialect.SqlServer => SqlDialect.SqlServer,
        Proto.SqlDialect.Duckdb => SqlDialect.DuckDb,
        _ => SqlDialect.Sqlite,
    };

    private static SchemaNote FromProto(Proto.SchemaNote note) => new(note.Table, note.Column.Length is 0 ? null : note.Column, note.Text);

    private static Proto.ChartField? ToProto(ChartField? field) => field is null ? null : new()
    {
        ColumnName = field.Name,
        ColumnIndex = field.Index,
        Type = field.Type switch
        {
            FieldType.Quantitative => Proto.FieldType.Quantitative,
            FieldType.Temporal => Proto.FieldType.Temporal,
            _ => Proto.FieldType.Nominal,
        },
    };

    private static Proto.ColumnType ToProto(ColumnType type) => type switch
    {
        ColumnType.Text => Proto.ColumnType.Text,
        ColumnType.Number => Proto.ColumnType.Number,
        ColumnType.Time => Proto.ColumnType.Time,
        ColumnType.Boolean => Proto.ColumnType.Boolean,
        _ => Proto.ColumnType.Other,
    };

    private static Proto.Cell ToCell(object? cell) => cell switch
    {
        null => new() { NullValue = NullValue.NullValue },
        long number => new() { IntegerValue = number },
        double number => new() { DoubleValue = number },
        decimal number => new() { DecimalValue = number.ToString(CultureInfo.InvariantCulture) },
        string text => new() { TextValue = text },
        bool value => new() { BoolValue = value },
        byte[] bytes => new() { BytesValue = ByteString.CopyFrom(bytes) },
        DateTime time => new() { TimestampValue = time.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture) },
        DateOnly date => new() { DateValue = date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) },
        _ => throw new ArgumentOutOfRangeException(nameof(cell), cell.GetType(), "Not a type of cell that a query result has."),
    };
}
