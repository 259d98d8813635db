using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using TaskServices.TextToSql.Generation;
using TaskServices.TextToSql.Guard;
using TaskServices.TextToSql.Schema;
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
        };
        if (prediction.Sql is { } sql)
        {
            message.Sql = sql;
        }

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

    public static Proto.Schema ToProto(DatabaseSchema schema)
    {
        var message = new Proto.Schema { SchemaId = schema.Name };
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
