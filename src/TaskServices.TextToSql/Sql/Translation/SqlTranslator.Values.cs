using System.Text.RegularExpressions;
using TaskServices.TextToSql.Sql.Ast;
using TaskServices.TextToSql.Sql.Binding;

namespace TaskServices.TextToSql.Sql.Translation;

internal sealed partial class SqlTranslator
{
    private static readonly SqlTypeName TextType = new("text", []);
    private static readonly SqlTypeName IntegerType = new("bigint", []);
    private static readonly SqlTypeName DoubleType = new("double", []);

    private static CastExpression Text(Expression expression) => new(expression, TextType);

    private static CastExpression Double(Expression expression) => new(expression, DoubleType);

    /// <summary>Gets whether an expression is true or false by its form, not a column that stores it.</summary>
    private static bool IsPredicate(Expression expression) => expression switch
    {
        BinaryExpression binary => binary.Operator is BinaryOperator.And or BinaryOperator.Or or BinaryOperator.Equal or BinaryOperator.NotEqual or BinaryOperator.Less
            or BinaryOperator.LessOrEqual or BinaryOperator.Greater or BinaryOperator.GreaterOrEqual,
        UnaryExpression unary => unary.Operator is UnaryOperator.Not,
        IsNullExpression or IsTruthExpression or IsDistinctExpression or BetweenExpression or LikeExpression or InListExpression or InQueryExpression
            or ExistsExpression or QuantifiedExpression or BooleanLiteral => true,
        _ => false,
    };

    /// <summary>Writes an expression where a value is expected: truth is 1 or 0.</summary>
    private Expression Value(Expression expression) => IsPredicate(expression) ? Flag(Rewrite(expression)) : Rewrite(expression);

    /// <summary>Writes truth as 1 or 0.</summary>
    private Expression Flag(Expression predicate) => (_to, predicate) switch
    {
        (SqlDialect.MySql, _) => predicate,
        (SqlDialect.SqlServer, BooleanLiteral { Value: var value }) => new NumberLiteral(value ? "1" : "0"),
        (SqlDialect.SqlServer, _) => new CaseExpression(null, [
            new CaseBranch(predicate, new NumberLiteral("1")), new CaseBranch(new UnaryExpression(UnaryOperator.Not, predicate), new NumberLiteral("0"))]),
        _ => new CastExpression(predicate, new("integer", [])),
    };

    /// <summary>Writes an expression where truth is expected: a number is true where it is not 0.</summary>
    private Expression Predicate(Expression expression)
    {
        var written = Rewrite(expression);
        if (_to is SqlDialect.MySql || (IsPredicate(expression) && !(_to is SqlDialect.SqlServer && expression is BooleanLiteral)))
            return written;
        if (_to is SqlDialect.SqlServer && expression is BooleanLiteral { Value: var truth })
            return new BinaryExpression(BinaryOperator.Equal, new NumberLiteral("1"), new NumberLiteral(truth ? "1" : "0"));
        if (expression is NullLiteral || (KindOf(expression) is ValueKind.Boolean && _to is not SqlDialect.SqlServer))
            return written;
        return new BinaryExpression(BinaryOperator.NotEqual, KindOf(expression) is ValueKind.Text ? Number(expression) : written, new NumberLiteral("0"));
    }

    /// <summary>Writes an expression as a number, as SQLite's arithmetic takes it: a text counts as the number it begins with, or 0.</summary>
    private Expression Number(Expression expression)
    {
        var value = Value(expression);
        var kind = KindOf(expression);
        if (ValueKinds.IsTime(kind) && expression is ColumnReference or FunctionCall { Name: FunctionKinds.BareColumn })
            (value, kind) = (Text(value), ValueKind.Text); // SQLite stores times as texts, and takes the year for the number
        switch (kind)
        {
            case ValueKind.Boolean when !IsPredicate(expression) && _to is not SqlDialect.MySql:
                return new CastExpression(value, new("integer", []));
            case ValueKind.Text when expression is StringLiteral literal:
                return NumberIn(LeadingNumber().Match(literal.Value).Value) ?? new NumberLiteral("0");
            case ValueKind.Text:
                return _to switch
                {
                    SqlDialect.MySql => new BinaryExpression(BinaryOperator.Add, value, new NumberLiteral("0e0")),
                    SqlDialect.SqlServer => NullAware(value, new CastExpression(value, DoubleType, Try: true)),
                    SqlDialect.DuckDb => NullAware(value, new CastExpression(new FunctionCall("regexp_extract", [value, new StringLiteral(NumberPattern)]), DoubleType, Try: true)),
                    _ => NullAware(value, Double(new FunctionCall("regexp_substr", [value, new StringLiteral(NumberPattern)]))),
                };
            default:
                return value;
        }
    }

    [GeneratedRegex(@"^\s*[-+]?[0-9]*[.]?[0-9]+")]
    private static partial Regex LeadingNumber();

    private const string NumberPattern = "^ *[-+]?[0-9]*[.]?[0-9]+";

    private static CaseExpression NullAware(Expression value, Expression number) =>
        new(null, [new CaseBranch(new IsNullExpression(value, Negated: true), new FunctionCall("coalesce", [number, new NumberLiteral("0")]))]);

    /// <summary>Reads a text that is a number as a whole.</summary>
    private static Expression? NumberIn(string text)
    {
        var trimmed = text.Trim();
        var negative = trimmed.StartsWith('-');
        var digits = negative || trimmed.StartsWith('+') ? trimmed[1..] : trimmed;
        var isNumber = digits.Length is > 0 and < 19 && digits.Count(c => c is '.') <= 1 && digits.All(c => char.IsAsciiDigit(c) || c is '.') && char.IsAsciiDigit(digits[0]) && char.IsAsciiDigit(digits[^1]);
        return !isNumber ? null : negative ? new UnaryExpression(UnaryOperator.Negate, new NumberLiteral(digits)) : new NumberLiteral(digits);
    }

    /// <summary>Writes an expression as text.</summary>
    private Expression TextOf(Expression expression) =>
        expression is NumberLiteral number ? new StringLiteral(number.Text)
            : KindOf(expression) is ValueKind.Text || expression is NullLiteral || _to is SqlDialect.MySql ? Value(expression) : Text(Value(expression));

    public override Expression Rewrite(Expression expression)
    {
        switch (expression)
        {
            case FunctionCall { Name: FunctionKinds.BareColumn, Arguments: [var column] }:
                return AnyValue(column);
            case FunctionCall call:
                return Call(call);
            case BinaryExpression binary:
                return Binary(binary);
            case UnaryExpression { Operator: UnaryOperator.Not } not:
                return not with { Operand = Predicate(not.Operand) };
            case UnaryExpression unary:
                return unary with { Operand = Number(unary.Operand) };
            case IsNullExpression e:
                return e with { Operand = Value(e.Operand) };
            case IsTruthExpression e when _to is SqlDialect.SqlServer:
                return Truth(e);
            case IsTruthExpression e:
                return e with { Operand = Predicate(e.Operand) };
            case IsDistinctExpression e:
                var (left, right) = Comparable(e.Left, e.Right, BinaryOperator.Equal);
                return e with { Left = left, Right = right };
            case BetweenExpression e:
                return Between(e);
            case LikeExpression e:
                return Like(e);
            case InListExpression e:
                return InList(e);
            case InQueryExpression e:
                return InQuery(e);
            case ExistsExpression e:
                return e with { Query = Rewrite(e.Query) };
            case SubqueryExpression e:
                return e with { Query = Rewrite(e.Query, Use.Value) };
            case CaseExpression e:
                return Choice(e);
            case CastExpression e:
                return Cast(e);
            case RowExpression e:
                return e with { Items = List(e.Items, Value) };
            case CollateExpression e:
                return Collated(e);
            default:
                return base.Rewrite(expression);
        }
    }

    private BinaryExpression Truth(IsTruthExpression e)
    {
        var condition = Predicate(e.Operand);

        // IS TRUE is never NULL.
        var flag = new CaseExpression(
            null, [new CaseBranch(e.Truth ? condition : new UnaryExpression(UnaryOperator.Not, condition), new NumberLiteral("1"))], new NumberLiteral("0"));
        return new BinaryExpression(e.Negated ? BinaryOperator.NotEqual : BinaryOperator.Equal, flag, new NumberLiteral("1"));
    }

    private Expression Collated(CollateExpression e)
    {
        var operand = Value(e.Operand);
        return e.Collation.ToUpperInvariant() switch
        {
            "NOCASE" => new FunctionCall("lower", [operand]),
            "RTRIM" => new FunctionCall("rtrim", [operand]),
            _ => operand,
        };
    }

    private CaseExpression Choice(CaseExpression e)
    {
        var results = e.Branches.Select(branch => branch.Result).Append(e.Else ?? new NullLiteral()).ToList();
        var asText = Mixes(results);
        Expression Result(Expression result) => asText ? TextOf(result) : Value(result);
        return new(
            e.Operand is null ? null : Value(e.Operand),
            List(e.Branches, branch => new CaseBranch(e.Operand is null ? Predicate(branch.Condition) : Comparable(e.Operand, branch.Condition, BinaryOperator.Equal).Right, Result(branch.Result))),
            e.Else is null ? null : Result(e.Else));
    }

    /// <summary>Gets whether values of a result are texts here and numbers there, which strict engines do not take.</summary>
    private bool Mixes(IEnumerable<Expression> results)
    {
        var kinds = results.Where(result => result is not NullLiteral).Select(KindOf).Where(kind => kind is not ValueKind.Unknown).Distinct().ToList();
        return _to is not SqlDialect.MySql && kinds.Contains(ValueKind.Text) && kinds.Count > 1;
    }

    private CastExpression Cast(CastExpression e)
    {
        var kind = KindOf(e.Operand);
        switch (e.Type.Name)
        {
            case "smallint" or "integer" or "bigint" when ValueKinds.IsNumber(kind) || kind is ValueKind.Text or ValueKind.Boolean:
                var number = Number(e.Operand);
                var whole = kind is ValueKind.Integer or ValueKind.Boolean || _to is SqlDialect.SqlServer ? number
                    : new FunctionCall("trunc", _to is SqlDialect.MySql ? [number, new NumberLiteral("0")] : [number]);
                return new CastExpression(whole, IntegerType);
            case "real" or "double" when ValueKinds.IsNumber(kind) || kind is ValueKind.Text or ValueKind.Boolean:
                return Double(Number(e.Operand));
            default:
                return e with { Operand = Value(e.Operand) };
        }
    }

    private Expression Binary(BinaryExpression e)
    {
        switch (e.Operator)
        {
            case BinaryOperator.And or BinaryOperator.Or:
                return e with { Left = Predicate(e.Left), Right = Predicate(e.Right) };
            case BinaryOperator.Concat:
                return e with { Left = TextOf(e.Left), Right = TextOf(e.Right) };
            case BinaryOperator.Divide or BinaryOperator.Modulo:
                return Quotient(e);
            case BinaryOperator.Add or BinaryOperator.Subtract or BinaryOperator.Multiply or BinaryOperator.BitAnd or BinaryOperator.BitOr
                or BinaryOperator.ShiftLeft or BinaryOperator.ShiftRight:
                return e with { Left = Number(e.Left), Right = Number(e.Right) };
            case BinaryOperator.JsonGet or BinaryOperator.JsonGetText when _to is SqlDialect.MySql:
                return JsonPart(e);
            case BinaryOperator.JsonGet or BinaryOperator.JsonGetText:
                return base.Rewrite(e);
            default:
                return Comparison(e);
        }
    }

    /// <summary>MariaDB has no arrows.</summary>
    private FunctionCall JsonPart(BinaryExpression e)
    {
        var path = e.Right switch
        {
            StringLiteral { Value: ['$', ..] } written => written,
            StringLiteral { Value: var key } when key.Length > 0 && key.All(c => char.IsAsciiLetterOrDigit(c) || c is '_') => new StringLiteral("$." + key),
            NumberLiteral { IsInteger: true } position => new StringLiteral($"$[{position.Text}]"),
            _ => throw NotExpressible("a JSON key that is neither a name nor a position"),
        };
        var part = new FunctionCall("json_extract", [Value(e.Left), path]);
        return e.Operator is BinaryOperator.JsonGet ? part : new FunctionCall("json_unquote", [part]);
    }

    /// <summary>Integers divide to integers, by zero to NULL; anything else divides in floating point.</summary>
    private BinaryExpression Quotient(BinaryExpression e)
    {
        var left = Number(e.Left);
        var right = Number(e.Right);
        var isWhole = KindOf(e.Left) is ValueKind.Integer or ValueKind.Boolean && KindOf(e.Right) is ValueKind.Integer or ValueKind.Boolean;
        if (_to is not SqlDialect.MySql && e.Right is not NumberLiteral)
            right = new FunctionCall("nullif", [right, new NumberLiteral("0")]);
        if (e.Operator is BinaryOperator.Modulo)
            return e with { Left = left, Right = right };
        if (isWhole)
            return new(Is(SqlDialect.MySql, SqlDialect.DuckDb) ? BinaryOperator.DivideIntegers : BinaryOperator.Divide, left, right);
        return new(BinaryOperator.Divide, KindOf(e.Left) is ValueKind.Real && e.Left is not NumberLiteral ? left : Double(left), right);
    }
}
