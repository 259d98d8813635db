using TaskServices.TextToSql.Sql.Ast;

namespace TaskServices.TextToSql.Sql.Parsing;

public sealed partial class SqlParser
{
    private Expression ParseFunction(SqlToken token)
    {
        if (SqlKeywords.IsCommon(token.Value) && !token.IsWord("left", "right"))
            throw Unexpected("an expression", ClauseWords);
        _at += 2;
        var name = token.Value.ToLowerInvariant();
        var special = SpecialCall(name);
        if (special is not null)
        {
            ExpectSymbol(")");
            return special with { Offset = token.Offset };
        }

        var call = new FunctionCall(name, []) { Offset = token.Offset };
        if (TrySymbol("*"))
        {
            call = call with { Star = true };
        }
        else if (!Current.IsSymbol(")"))
        {
            var distinct = TryWord("distinct");
            if (!distinct && !Ahead().IsSymbol("("))
                TryWord("all");
            call = call with { Distinct = distinct, Arguments = ParseList(ParseExpression) };
            if (TryWords("order", "by"))
                call = call with { OrderBy = ParseList(ParseOrderItem) };
            if (_dialect is SqlDialect.MySql && TryWord("separator"))
                call = call with { Arguments = [.. call.Arguments, Current.Kind is TokenKind.String ? ParsePrimary() : throw Unexpected("a string")] };
            if (TryWords("ignore", "nulls"))
                call = call with { IgnoreNulls = true };
        }

        ExpectSymbol(")");
        return DialectFunctions.Read(ParseCallTail(call), _dialect);
    }

    private FunctionCall ParseCallTail(FunctionCall call)
    {
        if (Current.IsWord("within") && Ahead().IsWord("group"))
        {
            _at += 2;
            ExpectSymbol("(");
            ExpectWord("order");
            ExpectWord("by");
            call = call with { WithinGroup = ParseList(ParseOrderItem) };
            ExpectSymbol(")");
        }

        if (Current.IsWord("filter") && Ahead().IsSymbol("(") && IsDialect(SqlDialect.Sqlite, SqlDialect.Postgres, SqlDialect.DuckDb))
        {
            _at += 2;
            if (_dialect is SqlDialect.DuckDb)
                TryWord("where");
            else
                ExpectWord("where");
            call = call with { Filter = ParseExpression() };
            ExpectSymbol(")");
        }

        if (TryWords("ignore", "nulls"))
            call = call with { IgnoreNulls = true };
        if (TryWord("over"))
            call = call with { Over = Current.IsSymbol("(") ? ParseWindowSpecification() : new WindowSpecification(ExpectName("a window name")) };
        return call;
    }

    private WindowSpecification ParseWindowSpecification()
    {
        var offset = Current.Offset;
        ExpectSymbol("(");
        var window = new WindowSpecification { Offset = offset };
        if (Current.Kind is TokenKind.QuotedName || (Current.Kind is TokenKind.Word && !Current.IsWord("partition", "order", "rows", "range", "groups")))
            window = window with { BaseName = ExpectName("a window name") };
        if (TryWords("partition", "by"))
            window = window with { PartitionBy = ParseList(ParseExpression) };
        if (TryWords("order", "by"))
            window = window with { OrderBy = ParseList(ParseOrderItem) };
        FrameUnit? unit = TryWord("rows") ? FrameUnit.Rows : TryWord("range") ? FrameUnit.Range : TryWord("groups") ? FrameUnit.Groups : null;
        if (unit is not null)
        {
            if (TryWord("between"))
            {
                var start = ParseFrameBound();
                ExpectWord("and");
                window = window with { Frame = new(unit.Value, start, ParseFrameBound()) };
            }
            else
            {
                window = window with { Frame = new(unit.Value, ParseFrameBound()) };
            }
        }

        ExpectSymbol(")");
        return window;
    }

    private FrameBound ParseFrameBound()
    {
        if (TryWords("current", "row"))
            return new(FrameBoundKind.CurrentRow);
        var amount = TryWord("unbounded") ? null : ParseExpression(SqlPrecedence.Bit);
        if (TryWord("preceding"))
            return new(amount is null ? FrameBoundKind.UnboundedPreceding : FrameBoundKind.Preceding, amount);
        ExpectWord("following");
        return new(amount is null ? FrameBoundKind.UnboundedFollowing : FrameBoundKind.Following, amount);
    }

    /// <summary>Reads calls whose arguments are not a plain list; null where the call is an ordinary one. The closing parenthesis is left.</summary>
    private Expression? SpecialCall(string name)
    {
        switch (name)
        {
            case "trim" when Current.IsWord("both", "leading", "trailing") && _dialect is not SqlDialect.Sqlite:
                var function = Current.IsWord("both") ? "trim" : Current.IsWord("leading") ? "ltrim" : "rtrim";
                _at++;
                var characters = Current.IsWord("from") ? null : ParseExpression();
                ExpectWord("from");
                var trimmed = ParseExpression();
                return new FunctionCall(function, characters is null ? [trimmed] : [trimmed, characters]);
            case "position" when _dialect is SqlDialect.Postgres or SqlDialect.DuckDb or SqlDialect.MySql:
                var part = ParseExpression(SqlPrecedence.Bit);
                ExpectWord("in");
                return new FunctionCall("instr", [ParseExpression(), part]);
            case "substring" when _dialect is not SqlDialect.Sqlite:
                var text = ParseExpression();
                if (!TryWord("from"))
                {
                    ExpectSymbol(",");
                    return new FunctionCall("substr", [text, .. ParseList(ParseExpression)]);
                }

                var from = ParseExpression();
                return new FunctionCall("substr", TryWord("for") ? [text, from, ParseExpression()] : [text, from]);
            case "datediff" or "dateadd" or "datepart" or "datename" or "datetrunc" when _dialect is SqlDialect.SqlServer:
                return ParseTransactSqlDateCall(name);
            case "timestampdiff" when _dialect is SqlDialect.MySql:
                var unit = ParseDatePart();
                ExpectSymbol(",");
                return new FunctionCall("timestampdiff", [new StringLiteral(SqlDateParts.Name(unit)), .. ParseList(ParseExpression)]);
            case "convert" or "try_convert" when _dialect is SqlDialect.SqlServer:
                var type = ParseTypeName();
                ExpectSymbol(",");
                return new CastExpression(ParseExpression(), type, name is "try_convert");
            case "convert" when _dialect is SqlDialect.MySql:
                var converted = ParseExpression();
                ExpectSymbol(",");
                return new CastExpression(converted, ParseTypeName());
            default:
                return null;
        }
    }

    /// <summary>DATEPART and its like: the first argument is a word.</summary>
    private Expression ParseTransactSqlDateCall(string name)
    {
        // As a distance a week is seven days; as a part of a date only the ISO week has one meaning.
        var isWeek = name is "dateadd" or "datediff" && (TryWord("week") || TryWord("wk") || TryWord("ww"));
        var part = isWeek ? DatePart.Week : ParseDatePart();
        ExpectSymbol(",");
        var arguments = ParseList(ParseExpression);
        var unit = new StringLiteral(SqlDateParts.Name(part));
        return name switch
        {
            "datepart" when arguments is [var operand] => new ExtractExpression(part, operand),
            "datetrunc" when arguments is [var operand] => new FunctionCall("date_trunc", [unit, operand]),
            "dateadd" when arguments is [var amount, var operand] => new BinaryExpression(BinaryOperator.Add, operand, new IntervalExpression(amount, part)),
            "datediff" when arguments is [var start, var end] => new FunctionCall("datediff", [unit, start, end]),
            "datename" when arguments is [var operand] => new FunctionCall("datename", [unit, operand]),
            _ => throw Unexpected("another number of arguments"),
        };
    }
}
