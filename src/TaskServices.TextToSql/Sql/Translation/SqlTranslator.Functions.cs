using TaskServices.TextToSql.Sql.Ast;
using TaskServices.TextToSql.Sql.Binding;
using TaskServices.TextToSql.Sql.Functions;

namespace TaskServices.TextToSql.Sql.Translation;

internal sealed partial class SqlTranslator
{
    private Expression Call(FunctionCall call)
    {
        if (DateCall(call) is { } date)
            return date;
        var arguments = call.Arguments;
        var written = call with
        {
            Arguments = List(arguments, Value),
            OrderBy = ExplicitNulls(List(call.OrderBy, Rewrite)),
            WithinGroup = List(call.WithinGroup, Rewrite),
            Filter = Condition(call.Filter),
            Over = call.Over is null ? null : Rewrite(call.Over),
        };
        if (written.Filter is { } filter && Is(SqlDialect.MySql, SqlDialect.SqlServer))
        {
            var counted = written.Star ? new NumberLiteral("1") : written.Arguments[0];
            written = written with { Filter = null, Star = false, Arguments = [new CaseExpression(null, [new CaseBranch(filter, counted)]), .. written.Arguments.Skip(1)] };
        }

        switch (call.Name)
        {
            case "sum" when arguments.Count is 1 && call.Filter is null:
                return written with { Arguments = [Number(arguments[0])] };
            case "avg" when arguments.Count is 1 && call.Filter is null && _to is SqlDialect.DuckDb:
                // As SQLite, with Kahan's summation.
                return written with { Name = "favg", Arguments = [Number(arguments[0])] };
            case "avg" when arguments.Count is 1 && call.Filter is null:
                return written with { Arguments = [Double(Number(arguments[0]))] };
            case "total" when arguments.Count is 1:
                return new FunctionCall("coalesce", [written with { Name = "sum", Arguments = [Double(Number(arguments[0]))] }, new NumberLiteral("0")]);
            case "min" or "max" when arguments.Count is 1 && KindOf(arguments[0]) is ValueKind.Boolean && Is(SqlDialect.Postgres, SqlDialect.SqlServer):
                return written with { Arguments = [Number(arguments[0])] };
            case "group_concat":
                return written with { Arguments = [TextOf(arguments[0]), arguments.Count > 1 ? Value(arguments[1]) : new StringLiteral(",")] };
            case "round" when _to is SqlDialect.Postgres && KindOf(arguments[0]) is not ValueKind.Integer:
                return written with { Arguments = [new CastExpression(Number(arguments[0]), new("decimal", [])), .. written.Arguments.Skip(1)] };
            case "round" when _to is SqlDialect.SqlServer && arguments.Count is 1:
                return written with { Arguments = [Number(arguments[0]), new NumberLiteral("0")] };
            case "round" when _to is SqlDialect.MySql && KindOf(arguments[0]) is not ValueKind.Integer:
                // Halves of binary numbers would go to the even neighbour.
                return written with { Arguments = [new CastExpression(Number(arguments[0]), new("decimal", [65, 20])), .. written.Arguments.Skip(1)] };
            case "trunc" when _to is SqlDialect.MySql && arguments.Count is 1:
                return written with { Arguments = [Number(arguments[0]), new NumberLiteral("0")] };
            case "pi" when _to is SqlDialect.MySql:
                return new NumberLiteral("3.141592653589793"); // MySQL shows six digits
            case "chr" when _to is SqlDialect.MySql:
                return Text(written); // bytes otherwise
            case "hex" when Is(SqlDialect.MySql, SqlDialect.DuckDb):
                return new FunctionCall("coalesce", [written with { Arguments = List(arguments, TextOf) }, new StringLiteral("")]);
            case "json_extract_value":
                return JsonValue(written);
            case "mod":
                return Remainder(arguments[0], arguments[1]);
            case "concat" when _to is SqlDialect.MySql:
                // As the operator, which knows no NULL.
                return arguments.Select(argument => (Expression)new FunctionCall("coalesce", [TextOf(argument), new StringLiteral("")]))
                    .Aggregate((left, right) => new BinaryExpression(BinaryOperator.Concat, left, right));
            case "substr":
                return Substring(written with { Arguments = [TextOf(arguments[0]), .. written.Arguments.Skip(1)] });
            case "coalesce" when Mixes(arguments):
                return written with { Arguments = List(arguments, TextOf) };
            case "greatest" or "least" when Is(SqlDialect.Postgres, SqlDialect.DuckDb, SqlDialect.SqlServer):
                // NULL among the arguments makes the result NULL.
                var isNull = written.Arguments.Select(argument => (Expression)new IsNullExpression(argument))
                    .Aggregate((left, right) => new BinaryExpression(BinaryOperator.Or, left, right));
                return new CaseExpression(null, [new CaseBranch(isNull, new NullLiteral())], written);
            case "random" when Is(SqlDialect.Postgres, SqlDialect.DuckDb, SqlDialect.MySql):
                return written;
            default:
                if (SqlFunctions.Find(call.Name) is not { } known)
                    return written;
                if (!known.Exists(_to))
                    throw NotExpressible(call.Name);
                return call.Star || call.Filter is not null ? written : written with { Arguments = [.. arguments.Select((argument, i) => Argument(argument, known.ArgumentKind(i)))] };
        }
    }

    /// <summary>Writes an argument as the kind that the function takes, since SQLite turns numbers to texts and texts to numbers by itself.</summary>
    private Expression Argument(Expression argument, char kind) => kind switch
    {
        'n' => Number(argument),
        't' => TextOf(argument),
        _ => Value(argument),
    };

    /// <summary>A part of JSON as a value: elsewhere the scalar's text.</summary>
    private FunctionCall JsonValue(FunctionCall call) => _to switch
    {
        SqlDialect.MySql => new("json_unquote", [call with { Name = "json_extract" }]),
        SqlDialect.DuckDb => call with { Name = "json_extract_string" },
        SqlDialect.SqlServer => call with { Name = "json_value" },
        _ => throw NotExpressible("json_extract"),
    };

    /// <summary>Of any numbers, with the sign of the first; NULL of 0.</summary>
    private Expression Remainder(Expression of, Expression by)
    {
        var (left, right) = (Number(of), Number(by));
        if (_to is not SqlDialect.MySql)
            right = new FunctionCall("nullif", [right, new NumberLiteral("0")]);
        if (Is(SqlDialect.Postgres, SqlDialect.SqlServer))
            (left, right) = (new CastExpression(left, new("decimal", [38, 10])), new CastExpression(right, new("decimal", [38, 10])));
        return _to is SqlDialect.SqlServer ? new BinaryExpression(BinaryOperator.Modulo, left, right) : new FunctionCall("mod", [left, right]);
    }

    /// <summary>A negative start counts from the end.</summary>
    private FunctionCall Substring(FunctionCall call)
    {
        if (call.Arguments is not [var text, UnaryExpression { Operator: UnaryOperator.Negate, Operand: NumberLiteral from }, ..] || Is(SqlDialect.MySql, SqlDialect.DuckDb))
            return call;
        var end = new FunctionCall("right", [text, from]);
        return call.Arguments.Count is 2 ? end : new FunctionCall("left", [end, call.Arguments[2]]);
    }
}
