using System.Globalization;
using TaskServices.TextToSql.Sql.Ast;

namespace TaskServices.TextToSql.Sql.Parsing;

/// <summary>Names of the parts of dates, and intervals written as text.</summary>
internal static class SqlDateParts
{
    public static DatePart? TryParse(string word, SqlDialect dialect) => word.ToLowerInvariant() switch
    {
        "year" or "years" => DatePart.Year,
        "yy" or "yyyy" when dialect is SqlDialect.SqlServer => DatePart.Year,
        "quarter" or "quarters" => DatePart.Quarter,
        "qq" or "q" when dialect is SqlDialect.SqlServer => DatePart.Quarter,
        "month" or "months" => DatePart.Month,
        "mm" or "m" when dialect is SqlDialect.SqlServer => DatePart.Month,
        "week" or "weeks" when dialect is not SqlDialect.SqlServer => DatePart.Week,
        "isowk" or "iso_week" or "isoww" when dialect is SqlDialect.SqlServer => DatePart.Week,
        "day" or "days" => DatePart.Day,
        "dd" or "d" when dialect is SqlDialect.SqlServer => DatePart.Day,
        "dow" or "dayofweek" when dialect is SqlDialect.Postgres or SqlDialect.DuckDb => DatePart.DayOfWeek,
        "doy" when dialect is SqlDialect.Postgres or SqlDialect.DuckDb => DatePart.DayOfYear,
        "dayofyear" when dialect is SqlDialect.SqlServer or SqlDialect.DuckDb => DatePart.DayOfYear,
        "hour" or "hours" => DatePart.Hour,
        "hh" when dialect is SqlDialect.SqlServer => DatePart.Hour,
        "minute" or "minutes" => DatePart.Minute,
        "mi" or "n" when dialect is SqlDialect.SqlServer => DatePart.Minute,
        "second" or "seconds" => DatePart.Second,
        "ss" or "s" when dialect is SqlDialect.SqlServer => DatePart.Second,
        "epoch" when dialect is SqlDialect.Postgres or SqlDialect.DuckDb => DatePart.Epoch,
        _ => null,
    };

    public static string Name(DatePart part) => part switch
    {
        DatePart.DayOfWeek => "dow",
        DatePart.DayOfYear => "doy",
        _ => part.ToString().ToLowerInvariant(),
    };

    public static bool IsNumber(string text) =>
        text.Length is > 0 and < 12 && text.All(char.IsAsciiDigit) && (text.Length is 1 || text[0] is not '0');

    /// <summary>Reads <c>3 days</c> or <c>1 year 2 months</c>; null where it is anything else.</summary>
    public static Expression? ParseInterval(string text)
    {
        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Expression? sum = null;
        for (var i = 0; i + 1 < words.Length && i < 12; i += 2)
        {
            var negative = words[i].StartsWith('-');
            var digits = negative ? words[i][1..] : words[i];
            if (!IsNumber(digits) || TryParse(words[i + 1], SqlDialect.Postgres) is not { } unit || unit is DatePart.Epoch or DatePart.DayOfWeek or DatePart.DayOfYear)
                return null;
            Expression amount = new NumberLiteral(int.TryParse(digits, CultureInfo.InvariantCulture, out _) ? digits : "0");
            var interval = new IntervalExpression(negative ? new UnaryExpression(UnaryOperator.Negate, amount) : amount, unit);
            sum = sum is null ? interval : new BinaryExpression(BinaryOperator.Add, sum, interval);
        }

        return words.Length is 0 or > 12 || words.Length % 2 is 1 ? null : sum;
    }
}
