using System.Globalization;
using TaskServices.TextToSql.Sql;
using TaskServices.TextToSql.Sql.Ast;
using TaskServices.TextToSql.Sql.Binding;
using TaskServices.TextToSql.Sql.Functions;

namespace TaskServices.TextToSql.Guard;

/// <summary>The rules beyond names: functions, sizes, joins, recursion, literals in bounds.</summary>
internal sealed class QueryRules : SqlRewriter
{
    /// <summary>How often a text may be repeated at most.</summary>
    internal const int MaxRepetitions = 100;

    private const int MaxBuiltLength = 1_000;
    private const double MaxGrowth = 1_000;
    private const int MaxWildcards = 10;

    private readonly BoundQuery _bound;
    private readonly SqlDialect _dialect;
    private readonly GuardOptions _options;
    private readonly Dictionary<string, int> _unconstrainedIn = new(StringComparer.OrdinalIgnoreCase);
    private int _unconstrained;

    private QueryRules(BoundQuery bound, SqlDialect dialect, GuardOptions options)
    {
        _bound = bound;
        _dialect = dialect;
        _options = options;
    }

    /// <exception cref="GuardRefusalException">The query breaks a rule.</exception>
    public static void Check(BoundQuery bound, SqlDialect dialect, GuardOptions options)
    {
        if (bound.Query.Body is ValuesBody)
            throw new GuardRefusalException("NOT_A_SELECT", "A statement must read with SELECT; VALUES alone is refused.");
        if (bound.Tables.Count > options.MaxTables)
            throw new GuardRefusalException("TOO_MANY_TABLES", $"The statement reads {bound.Tables.Count} tables; at most {options.MaxTables} are allowed.");
        foreach (var table in bound.Tables)
        {
            if (table.Table is not null && IsCatalog(table.Table.Name))
                throw new GuardRefusalException("UNKNOWN_TABLE", $"There is no table {table.Table.Name}.");
        }

        new QueryRules(bound, dialect, options).Rewrite(bound.Query);
    }

    private static bool IsCatalog(string name) =>
        name.StartsWith("sqlite_", StringComparison.OrdinalIgnoreCase) || name.StartsWith("pg_", StringComparison.OrdinalIgnoreCase)
        || name.StartsWith("pragma_", StringComparison.OrdinalIgnoreCase) || name.StartsWith("duckdb_", StringComparison.OrdinalIgnoreCase)
        || name.Equals("dbstat", StringComparison.OrdinalIgnoreCase) || name.StartsWith("information_schema", StringComparison.OrdinalIgnoreCase);

    public override Query Rewrite(Query query)
    {
        var outside = _unconstrained;
        foreach (var table in query.CommonTables)
        {
            RecursionRule.Check(table, _bound, _options);

            // What a common table multiplies, it multiplies wherever it is used.
            _unconstrained = 0;
            Rewrite(table.Query);
            _unconstrainedIn[table.Name] = Math.Max(_unconstrained, _unconstrainedIn.GetValueOrDefault(table.Name));
        }

        _unconstrained = outside;
        RequireCount(query.Limit, "LIMIT");
        RequireCount(query.Skip, "OFFSET");
        return base.Rewrite(query with { CommonTables = [] });
    }

    public override TableSource Rewrite(TableSource source)
    {
        if (source is TableReference reference && _bound.Resolve(reference).Table is null)
            CountUnconstrained(_unconstrainedIn.GetValueOrDefault(reference.Name));
        return base.Rewrite(source);
    }

    private void CountUnconstrained(int joins)
    {
        _unconstrained += joins;
        if (_unconstrained > _options.MaxUnconstrainedJoins)
            throw new GuardRefusalException("UNCONSTRAINED_JOIN", $"More than {_options.MaxUnconstrainedJoins} joins have no equality between their tables; join them on their keys.");
    }

    private void RequireCount(Expression? count, string clause)
    {
        var isWhole = count is null or NumberLiteral { IsInteger: true }
            || (_dialect is SqlDialect.Sqlite && clause is "LIMIT" && count is UnaryExpression { Operator: UnaryOperator.Negate, Operand: NumberLiteral { Text: "1" } });
        if (!isWhole)
            throw new GuardRefusalException("UNSUPPORTED_SQL", $"{clause} must be a whole number.");
    }

    public override SelectBody Rewrite(SelectBody body)
    {
        CountUnconstrained(JoinConstraints.CountUnconstrained(body, _bound));
        return base.Rewrite(body);
    }

    public override Expression Rewrite(Expression expression)
    {
        RequireBoundedGrowth(expression);
        switch (expression)
        {
            case ParameterExpression parameter:
                throw new GuardRefusalException("UNSUPPORTED_SQL", $"The parameter {parameter.Name} has no value here; write the value.");
            case FunctionCall call:
                CheckFunction(call);
                break;
            case LikeExpression { Kind: PatternKind.Regexp } match:
                RequireSafePattern(match.Pattern);
                break;
            case LikeExpression { Pattern: var pattern } when Wildcards(pattern) > MaxWildcards:
                throw new GuardRefusalException("UNSAFE_PATTERN", $"A pattern may have at most {MaxWildcards} wildcards for any text.");
            case CollateExpression { Collation: var name } when !IsKnownCollation(name):
                throw new GuardRefusalException("UNSUPPORTED_SQL", $"The collation {name} is not known.");
            case CastExpression { Type: { Name: "char", Arguments: [> MaxBuiltLength] } }:
                throw new GuardRefusalException("HUGE_VALUE", $"A text may be padded to at most {MaxBuiltLength} characters.");
            case AtTimeZoneExpression { Zone: not StringLiteral }:
                throw new GuardRefusalException("UNSUPPORTED_SQL", "AT TIME ZONE takes a string.");
        }

        return base.Rewrite(expression);
    }

    /// <summary>Counts the wildcards for any text that a pattern may have; what could make more of them counts as too many.</summary>
    private static int Wildcards(Expression pattern) => pattern switch
    {
        StringLiteral text => text.Value.Count(c => c is '%' or '*'),
        BinaryExpression binary => Wildcards(binary.Left) + Wildcards(binary.Right),
        CastExpression cast => Wildcards(cast.Operand),
        CollateExpression collate => Wildcards(collate.Operand),
        CaseExpression choice => choice.Branches.Sum(branch => Wildcards(branch.Result)) + (choice.Else is null ? 0 : Wildcards(choice.Else)),
        FunctionCall { Name: "concat" or "lower" or "upper" or "trim" or "ltrim" or "rtrim" or "coalesce" } call => call.Arguments.Sum(Wildcards),
        FunctionCall call => call.Arguments.Sum(Wildcards) is 0 ? 0 : MaxWildcards + 1,
        SubqueryExpression => MaxWildcards + 1,
        _ => 0,
    };

    private void RequireBoundedGrowth(Expression expression)
    {
        var builds = expression is BinaryExpression { Operator: BinaryOperator.Concat } or FunctionCall { Name: not ("count" or "sum" or "avg" or "min" or "max") };
        if (builds && ValueGrowth.Of(expression, reference => _bound.Resolve(reference)?.Growth ?? 1) > MaxGrowth)
            throw new GuardRefusalException("HUGE_VALUE", "The statement can build huge values by joining or replacing texts again and again.");
    }

    private static bool IsKnownCollation(string name) =>
        name.Length < 64 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.')
        && (name.ToLowerInvariant() is "nocase" or "binary" or "rtrim" or "c" or "posix" or "default" or "noaccent" or "nfc" || name.Contains('_', StringComparison.Ordinal));

    private void CheckFunction(FunctionCall call)
    {
        var function = SqlFunctions.Find(call.Name);
        if (function is null || !function.Exists(_dialect))
        {
            var near = NearestName.Find(call.Name, SqlFunctions.All.SelectMany(known => known.Words.GetValueOrDefault(_dialect) ?? []));
            throw new GuardRefusalException(
                "FUNCTION_NOT_ALLOWED", $"The function {call.Name} {(function is null ? "is not allowed" : $"does not exist on {_dialect}")}{(near is null ? "" : $"; did you mean {near}?")}.");
        }

        if (function.Kind is FunctionKind.Scalar && (call.Over is not null || call.Distinct || call.Filter is not null || call.OrderBy.Count + call.WithinGroup.Count > 0))
            throw new GuardRefusalException("FUNCTION_NOT_ALLOWED", $"The function {call.Name} is neither an aggregate nor a window function.");
        if (function.Kind is FunctionKind.Window && call.Over is null)
            throw new GuardRefusalException("FUNCTION_NOT_ALLOWED", $"The function {call.Name} needs OVER.");
        switch (call.Name)
        {
            case "lpad" or "rpad":
                if (call.Arguments[1] is not NumberLiteral { IsInteger: true } length || !int.TryParse(length.Text, CultureInfo.InvariantCulture, out var value) || value > MaxBuiltLength)
                    throw new GuardRefusalException("HUGE_VALUE", $"{call.Name} takes a length of at most {MaxBuiltLength}, written as a number.");
                break;
            case "repeat":
                if (call.Arguments[1] is not NumberLiteral { IsInteger: true } count || !int.TryParse(count.Text, CultureInfo.InvariantCulture, out var times) || times > MaxRepetitions)
                    throw new GuardRefusalException("HUGE_VALUE", $"A text is repeated at most {MaxRepetitions} times, written as a number.");
                break;
            case "group_concat":
                if (call.Arguments is [_, StringLiteral { Value.Length: > 100 }])
                    throw new GuardRefusalException("HUGE_VALUE", "The separator is longer than 100 characters.");
                break;
            case "printf":
                RequireSmallFormat(call.Arguments[0]);
                break;
        }

        if (call.Name.StartsWith("regexp_", StringComparison.Ordinal))
            RequireSafePattern(call.Arguments[1]);
        if (call.Name is "format" or "format_time" or "date_format" or "to_char" or "strftime")
            RequireShortFormat(call.Arguments[call.Name is "strftime" ? 0 : 1]);
    }

    /// <summary>printf pads to any width: only widths of up to three digits, written in a short format, are taken.</summary>
    private static void RequireSmallFormat(Expression format)
    {
        var isSmall = format is StringLiteral { Value: { Length: <= 100 } text } && !text.Contains('*', StringComparison.Ordinal)
            && text.Split([.. text.Where(c => !char.IsAsciiDigit(c)).Distinct()]).All(digits => digits.Length <= 3);
        if (!isSmall)
            throw new GuardRefusalException("HUGE_VALUE", "A format must be a string of at most 100 characters with widths below 1,000.");
    }

    private static void RequireShortFormat(Expression format)
    {
        if (format is StringLiteral { Value.Length: > 100 })
            throw new GuardRefusalException("HUGE_VALUE", "The format is longer than 100 characters.");
    }

    /// <summary>Backtracking engines take exponential time on a quantifier over a group, so a pattern must be written out and have none.</summary>
    private static void RequireSafePattern(Expression pattern)
    {
        if (pattern is not StringLiteral { Value: var text } || text.Length > 200)
            throw new GuardRefusalException("UNSAFE_PATTERN", "A regular expression must be a string of at most 200 characters.");
        var quantifiers = 0;
        for (var i = 0; i < text.Length; i++)
        {
            var isQuantifier = text[i] is '*' or '+' or '{' or '?';
            quantifiers += text[i] is '*' or '+' or '{' ? 1 : 0;
            if (isQuantifier && i > 0 && text[i - 1] is ')' || char.IsAsciiDigit(text[i]) && i > 0 && text[i - 1] is '\\')
                throw new GuardRefusalException("UNSAFE_PATTERN", "A regular expression may not repeat a group or refer back to one.");
        }

        if (quantifiers > 4)
            throw new GuardRefusalException("UNSAFE_PATTERN", "A regular expression may repeat at most four parts.");
    }
}
