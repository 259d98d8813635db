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
            case "abs" or "round" or "sqrt" or "floor" or "ceil" or "ln" or "exp" or "sign":
                return written with { Arguments = [Number(arguments[0]), .. written.Arguments.Skip(1)] };
            case "length" or "upper" or "lower" or "trim" or "ltrim" or "rtrim" or "replace" or "instr" or "hex":
                return written with { Arguments = List(arguments, TextOf) };
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
                return SqlFunctions.Find(call.Name) is { } known && !known.Spellings.ContainsKey(_to) ? throw NotExpressible(call.Name) : written;
        }
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
