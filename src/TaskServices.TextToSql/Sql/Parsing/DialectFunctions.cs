using System.Globalization;
using TaskServices.TextToSql.Sql.Ast;
using TaskServices.TextToSql.Sql.Functions;

namespace TaskServices.TextToSql.Sql.Parsing;

/// <summary>Maps a dialect's calls onto the one name and argument order that the AST has for each meaning.</summary>
internal static class DialectFunctions
{
    /// <summary>Reads a call; what is not known keeps its name, and the guard refuses it.</summary>
    public static Expression Read(FunctionCall call, SqlDialect dialect)
    {
        var written = call.Name;
        var name = SqlFunctions.NameOf(written, dialect) ?? written;
        var arguments = call.Arguments;
        if (written is "max" or "min")
            name = dialect is SqlDialect.Sqlite && arguments.Count > 1 ? written is "max" ? "greatest" : "least" : written;
        if (call is { Star: false, Distinct: false, Over: null, Filter: null, OrderBy.Count: 0 } && Meaning(written, arguments, dialect) is { } meaning)
            return meaning with { Offset = call.Offset };
        if (written is "charindex" && dialect is SqlDialect.SqlServer && arguments.Count is 2)
            arguments = [arguments[1], arguments[0]];
        if (name is "group_concat" && call.WithinGroup.Count > 0)
            call = call with { OrderBy = call.WithinGroup, WithinGroup = [] };
        return call with { Name = name, Arguments = arguments };
    }

    /// <summary>Reads calls that mean something the AST has a node of its own for.</summary>
    private static Expression? Meaning(string name, EquatableList<Expression> arguments, SqlDialect dialect)
    {
        var isDateFunction = dialect is SqlDialect.MySql or SqlDialect.SqlServer or SqlDialect.DuckDb;
        return (name, arguments) switch
        {
            ("ifnull", [var a, var b]) when dialect is SqlDialect.Sqlite or SqlDialect.MySql or SqlDialect.DuckDb => new FunctionCall("coalesce", [a, b]),
            ("isnull", [var a, var b]) when dialect is SqlDialect.SqlServer => new FunctionCall("coalesce", [a, b]),
            ("isnull", [var a]) when dialect is SqlDialect.MySql => new IsNullExpression(a),
            ("iif", [var c, var a, var b]) when dialect is SqlDialect.Sqlite or SqlDialect.SqlServer => new CaseExpression(null, [new(c, a)], b),
            ("if", [var c, var a, var b]) when dialect is SqlDialect.MySql or SqlDialect.DuckDb => new CaseExpression(null, [new(c, a)], b),
            ("concat", [var a, var b, ..]) when dialect is SqlDialect.MySql =>
                arguments.Skip(2).Aggregate(new BinaryExpression(BinaryOperator.Concat, a, b), (left, right) => new(BinaryOperator.Concat, left, right)),
            ("date_add" or "adddate", [var a, IntervalExpression b]) when dialect is SqlDialect.MySql => new BinaryExpression(BinaryOperator.Add, a, b),
            ("date_sub" or "subdate", [var a, IntervalExpression b]) when dialect is SqlDialect.MySql => new BinaryExpression(BinaryOperator.Subtract, a, b),
            ("datediff", [var a, var b]) when dialect is SqlDialect.MySql => new FunctionCall("datediff", [new StringLiteral("day"), b, a]),
            ("date_part" or "datepart", [StringLiteral part, var a]) when dialect is SqlDialect.Postgres or SqlDialect.DuckDb
                && SqlDateParts.TryParse(part.Value, dialect) is { } known => new ExtractExpression(known, a),
            ("year", [var a]) when isDateFunction => new ExtractExpression(DatePart.Year, a),
            ("month", [var a]) when isDateFunction => new ExtractExpression(DatePart.Month, a),
            ("day" or "dayofmonth", [var a]) when isDateFunction => new ExtractExpression(DatePart.Day, a),
            ("quarter", [var a]) when dialect is SqlDialect.MySql or SqlDialect.DuckDb => new ExtractExpression(DatePart.Quarter, a),
            ("hour", [var a]) when dialect is SqlDialect.MySql or SqlDialect.DuckDb => new ExtractExpression(DatePart.Hour, a),
            ("minute", [var a]) when dialect is SqlDialect.MySql or SqlDialect.DuckDb => new ExtractExpression(DatePart.Minute, a),
            ("second", [var a]) when dialect is SqlDialect.MySql or SqlDialect.DuckDb => new ExtractExpression(DatePart.Second, a),
            ("week" or "weekofyear", [var a]) when dialect is SqlDialect.DuckDb => new ExtractExpression(DatePart.Week, a),
            ("epoch", [var a]) when dialect is SqlDialect.DuckDb => new ExtractExpression(DatePart.Epoch, a),
            ("field", [var a, _, ..]) when dialect is SqlDialect.MySql => Positions(a, arguments),
            ("elt", [var a, _, ..]) when dialect is SqlDialect.MySql => Choices(a, arguments),
            ("choose", [var a, _, ..]) when dialect is SqlDialect.SqlServer => Choices(a, arguments),
            ("locate", [var a, var b]) when dialect is SqlDialect.MySql => new FunctionCall("instr", [b, a]),
            ("date", [var a]) when dialect is SqlDialect.Postgres or SqlDialect.DuckDb => new CastExpression(a, new("date", [])),
            ("weekday" or "dayofweek", [var a]) when dialect is SqlDialect.DuckDb => new ExtractExpression(DatePart.DayOfWeek, a),
            ("dayofyear", [var a]) when dialect is SqlDialect.DuckDb => new ExtractExpression(DatePart.DayOfYear, a),
            _ => null,
        };
    }

    /// <summary>FIELD: which of the values something equals, 0 for none.</summary>
    private static CaseExpression Positions(Expression operand, EquatableList<Expression> arguments) =>
        new(operand, [.. arguments.Skip(1).Select((value, i) => new CaseBranch(value, Number(i + 1)))], Number(0));

    /// <summary>ELT and CHOOSE: the value at a position.</summary>
    private static CaseExpression Choices(Expression operand, EquatableList<Expression> arguments) =>
        new(operand, [.. arguments.Skip(1).Select((value, i) => new CaseBranch(Number(i + 1), value))]);

    private static NumberLiteral Number(int value) => new(value.ToString(CultureInfo.InvariantCulture));
}
