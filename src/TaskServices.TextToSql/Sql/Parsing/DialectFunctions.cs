using System.Collections.Frozen;
using System.Globalization;
using TaskServices.TextToSql.Sql.Ast;
using TaskServices.TextToSql.Sql.Functions;

namespace TaskServices.TextToSql.Sql.Parsing;

/// <summary>Maps a dialect's calls onto the one name and argument order that the AST has for each meaning.</summary>
internal static class DialectFunctions
{
    /// <summary>Other names that a dialect has for a function.</summary>
    private static readonly FrozenDictionary<(SqlDialect, string), string> Aliases = ReadAliases(
        (SqlDialect.Sqlite, "substring substr ceiling ceil pow power log log10 char_length length string_agg group_concat"),
        (SqlDialect.Postgres, "substring substr ceiling ceil pow power char_length length character_length length stddev stddev_samp variance var_samp every bool_and btrim trim now current_timestamp"),
        (SqlDialect.MySql, "substring substr mid substr ceiling ceil pow power character_length length lcase lower ucase upper std stddev_pop stddev stddev_pop variance var_pop log ln now current_timestamp curdate current_date curtime current_time"),
        (SqlDialect.SqlServer, "getdate current_timestamp sysdatetime current_timestamp count_big count"),
        (SqlDialect.DuckDb, "substring substr ceiling ceil pow power char_length length character_length length len length strlen length log log10 stddev stddev_samp variance var_samp strpos instr now current_timestamp today current_date group_concat group_concat listagg group_concat lcase lower ucase upper regexp_full_match regexp_like arbitrary any_value quantile quantile_cont max_by arg_max min_by arg_min prefix starts_with suffix ends_with datediff datediff countif count_if string_to_array string_split str_split string_split"));

    private static readonly FrozenDictionary<(SqlDialect, string), string> Spellings = SqlFunctions.All
        .SelectMany(function => function.Spellings.Select(pair => (Key: (pair.Key, pair.Value), function.Name)))
        .DistinctBy(pair => pair.Key)
        .ToFrozenDictionary(pair => pair.Key, pair => pair.Name);

    /// <summary>Reads a call; what is not known keeps its name, and the guard refuses it.</summary>
    public static Expression Read(FunctionCall call, SqlDialect dialect)
    {
        var written = call.Name;
        var name = Aliases.GetValueOrDefault((dialect, written)) ?? Spellings.GetValueOrDefault((dialect, written)) ?? written;
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
            ("mod", [var a, var b]) when dialect is not SqlDialect.SqlServer => new BinaryExpression(BinaryOperator.Modulo, a, b),
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

    private static FrozenDictionary<(SqlDialect, string), string> ReadAliases(params ReadOnlySpan<(SqlDialect Dialect, string Pairs)> lists)
    {
        var aliases = new Dictionary<(SqlDialect, string), string>();
        foreach (var (dialect, pairs) in lists)
        {
            var words = pairs.Split(' ');
            for (var i = 0; i < words.Length; i += 2)
                aliases[(dialect, words[i])] = words[i + 1];
        }

        return aliases.ToFrozenDictionary();
    }
}
