using TaskServices.TextToSql.Schema;
using TaskServices.TextToSql.Sql.Ast;
using TaskServices.TextToSql.Sql.Functions;

namespace TaskServices.TextToSql.Sql.Binding;

/// <summary>The kind of a function's result.</summary>
internal static class FunctionKinds
{
    /// <summary>Name of the call that stands for a column beside aggregates while a query is translated. No dialect has it.</summary>
    public const string BareColumn = "bare column";

    public static ValueKind Of(FunctionCall call, IReadOnlyList<ValueKind> arguments) => call.Name switch
    {
        BareColumn => arguments[0],
        "count" or "row_number" or "rank" or "dense_rank" or "ntile" or "length" or "instr" or "unicode" or "ascii" or "octet_length" or "unixepoch"
            or "json_array_length" or "sign" or "count_if" or "datediff" or "timestampdiff" => ValueKind.Integer,
        "sum" => arguments is [ValueKind.Boolean] ? ValueKind.Integer : arguments is [var kind] && ValueKinds.IsNumber(kind) ? kind : ValueKind.Real,
        "avg" or "favg" or "total" or "julianday" => ValueKind.Real,
        "abs" or "round" or "floor" or "ceil" or "trunc" => arguments.Count > 0 && ValueKinds.IsNumber(arguments[0]) ? arguments[0] : ValueKind.Real,
        "coalesce" or "greatest" or "least" => arguments.Aggregate(ValueKind.Unknown, ValueKinds.Wider),
        _ => SqlFunctions.Find(call.Name)?.Type switch
        {
            ColumnType.Text => ValueKind.Text,
            ColumnType.Number => ValueKind.Real,
            ColumnType.Boolean => ValueKind.Boolean,
            ColumnType.Time => call.Name is "date" or "current_date" or "to_date" or "make_date" or "last_day" or "eomonth" ? ValueKind.Date
                : call.Name is "time" or "current_time" ? ValueKind.Time : ValueKind.Timestamp,
            null when SqlFunctions.Find(call.Name) is not null && arguments.Count > 0 => arguments[0],
            _ => ValueKind.Unknown,
        },
    };
}
