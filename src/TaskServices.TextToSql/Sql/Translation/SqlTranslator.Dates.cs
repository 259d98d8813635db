using System.Globalization;
using System.Text;
using TaskServices.TextToSql.Sql.Ast;
using TaskServices.TextToSql.Sql.Binding;

namespace TaskServices.TextToSql.Sql.Translation;

internal sealed partial class SqlTranslator
{
    private static readonly SqlTypeName TimestampType = new("timestamp", []);

    /// <summary>Writes SQLite's date functions (sqlite.org/lang_datefunc.html); null for any other call.</summary>
    private Expression? DateCall(FunctionCall call)
    {
        var arguments = call.Arguments;
        switch (call.Name)
        {
            case "date":
                return arguments is [] or [StringLiteral { Value: "now" }] && _to is not SqlDialect.SqlServer ? new FunctionCall("current_date", [])
                    : new CastExpression(Moment(arguments, 0), new("date", []));
            case "time":
                return new CastExpression(Moment(arguments, 0), new("time", []));
            case "datetime":
                return Moment(arguments, 0);
            case "julianday":
                return new BinaryExpression(BinaryOperator.Add, new BinaryExpression(BinaryOperator.Divide, Epoch(Moment(arguments, 0)), Double(new NumberLiteral("86400"))), new NumberLiteral("2440587.5"));
            case "unixepoch":
                return new CastExpression(Epoch(Moment(arguments, 0)), IntegerType);
            case "strftime" when arguments is [StringLiteral { Value: var format }, ..]:
                return Formatted(format, Moment(arguments, 1));
            default:
                return null;
        }
    }

    /// <summary>Writes a time value and its modifiers as a timestamp.</summary>
    private Expression Moment(EquatableList<Expression> arguments, int from)
    {
        if (arguments.Count <= from || arguments[from] is StringLiteral { Value: "now" })
            return Modified(new FunctionCall("current_timestamp", []), arguments, from + 1);
        var kind = KindOf(arguments[from]);
        var value = Value(arguments[from]);
        return Modified(kind is ValueKind.Timestamp && arguments[from] is not FunctionCall { Name: "date" or "datetime" } ? value : new CastExpression(value, TimestampType), arguments, from + 1);
    }

    private Expression Modified(Expression moment, EquatableList<Expression> arguments, int from)
    {
        for (var i = from; i < arguments.Count; i++)
        {
            if (arguments[i] is not StringLiteral { Value: var modifier })
                throw NotExpressible("a date's modifier that is no string");
            var words = modifier.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words is ["start", "of", "month" or "year" or "day"])
                moment = Truncated(moment, words[2]);
            else if (words is [var amount, var unit] && decimal.TryParse(amount, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var count)
                && Enum.TryParse<DatePart>(unit.TrimEnd('s'), ignoreCase: true, out var part))
                moment = Shifted(moment, (long)count, part);
            else
                throw NotExpressible($"the date modifier '{modifier}'");
        }

        return moment;
    }

    private Expression Truncated(Expression moment, string unit)
    {
        if (_to is SqlDialect.MySql)
            return new CastExpression(new FunctionCall("date_format", [moment, new StringLiteral(unit is "month" ? "%Y-%m-01" : unit is "year" ? "%Y-01-01" : "%Y-%m-%d")]), TimestampType);
        return new FunctionCall("date_trunc", [new StringLiteral(unit), moment]);
    }

    private static BinaryExpression Shifted(Expression moment, long count, DatePart part)
    {
        Expression amount = new NumberLiteral(Math.Abs(count).ToString(CultureInfo.InvariantCulture));
        return new(BinaryOperator.Add, moment, new IntervalExpression(count < 0 ? new UnaryExpression(UnaryOperator.Negate, amount) : amount, part));
    }

    private Expression Epoch(Expression moment) => _to switch
    {
        SqlDialect.MySql => new FunctionCall("timestampdiff", [new StringLiteral("second"), new StringLiteral("1970-01-01 00:00:00"), moment]),
        SqlDialect.SqlServer => new FunctionCall("datediff", [new StringLiteral("second"), new StringLiteral("1970-01-01 00:00:00"), moment]),
        _ => new ExtractExpression(DatePart.Epoch, moment),
    };

    private Expression Formatted(string format, Expression moment)
    {
        format = format.Replace("%F", "%Y-%m-%d", StringComparison.Ordinal).Replace("%T", "%H:%M:%S", StringComparison.Ordinal).Replace("%R", "%H:%M", StringComparison.Ordinal);
        if (format is "%w" && _to is SqlDialect.Postgres)
            return Text(new CastExpression(new ExtractExpression(DatePart.DayOfWeek, moment), IntegerType));
        var written = new StringBuilder();
        for (var i = 0; i < format.Length; i++)
        {
            if (format[i] is not '%')
            {
                // Letters mean something in the formats of PostgreSQL and SQL Server.
                written.Append(char.IsAsciiLetter(format[i]) && Is(SqlDialect.Postgres, SqlDialect.SqlServer) ? throw NotExpressible("letters in a date's format") : format[i]);
                continue;
            }

            var code = ++i < format.Length ? format[i] : '%';
            written.Append((_to, code) switch
            {
                (SqlDialect.Postgres, 'Y') => "YYYY",
                (SqlDialect.Postgres, 'm') => "MM",
                (SqlDialect.Postgres, 'd') => "DD",
                (SqlDialect.Postgres, 'H') => "HH24",
                (SqlDialect.Postgres, 'M') => "MI",
                (SqlDialect.Postgres, 'S') => "SS",
                (SqlDialect.Postgres, 'j') => "DDD",
                (SqlDialect.Postgres, 'V') => "IW",
                (SqlDialect.Postgres, 'G') => "IYYY",
                (SqlDialect.Postgres, 'u') => "ID",
                (SqlDialect.SqlServer, 'Y') => "yyyy",
                (SqlDialect.SqlServer, 'm') => "MM",
                (SqlDialect.SqlServer, 'd') => "dd",
                (SqlDialect.SqlServer, 'H') => "HH",
                (SqlDialect.SqlServer, 'M') => "mm",
                (SqlDialect.SqlServer, 'S') => "ss",
                (SqlDialect.MySql, 'M') => "%i",
                (SqlDialect.MySql, 'S') => "%s",
                (SqlDialect.MySql, 'V') => "%v",
                (SqlDialect.MySql, 'G') => "%x",
                (SqlDialect.DuckDb, 'V' or 'G' or 'u') => "%" + code,
                (SqlDialect.MySql or SqlDialect.DuckDb, 'Y' or 'm' or 'd' or 'H' or 'M' or 'S' or 'j' or 'w') => "%" + code,
                _ => throw NotExpressible($"%{code} of strftime"),
            });
        }

        var text = new StringLiteral(written.ToString());
        return _to switch
        {
            SqlDialect.Postgres => new FunctionCall("to_char", [moment, text]),
            SqlDialect.MySql => new FunctionCall("date_format", [moment, text]),
            SqlDialect.SqlServer => new FunctionCall("format", [moment, text]),
            _ => new FunctionCall("format_time", [moment, text]),
        };
    }
}
