using TaskServices.TextToSql.Sql.Ast;
using TaskServices.TextToSql.Sql.Parsing;

namespace TaskServices.TextToSql.Sql.Printing;

public sealed partial class SqlPrinter
{
    private void Write(LiteralExpression literal)
    {
        switch (literal)
        {
            case NumberLiteral number:
                _out.Append(number.Text);
                break;
            case StringLiteral text:
                WriteString(text.Value);
                break;
            case NullLiteral:
                _out.Append("NULL");
                break;
            case BooleanLiteral boolean:
                _out.Append(_dialect is SqlDialect.SqlServer ? boolean.Value ? "1" : "0" : boolean.Value ? "TRUE" : "FALSE");
                break;
            case BlobLiteral blob when _dialect is SqlDialect.SqlServer:
                _out.Append("0x").Append(blob.Hex);
                break;
            case BlobLiteral blob when _dialect is not SqlDialect.Postgres:
                _out.Append("X'").Append(blob.Hex).Append('\'');
                break;
            case BlobLiteral blob:
                _out.Append("'\\x").Append(blob.Hex).Append("'::bytea");
                break;
            case TemporalLiteral temporal:
                if (_dialect is SqlDialect.Postgres or SqlDialect.MySql or SqlDialect.DuckDb)
                    _out.Append(temporal.Kind.ToString().ToUpperInvariant()).Append(' ');
                WriteString(temporal.Value);
                break;
        }
    }

    private void WriteString(string value)
    {
        if (_dialect is SqlDialect.MySql)
            value = value.Replace("\\", "\\\\", StringComparison.Ordinal);
        else if (_dialect is SqlDialect.SqlServer && value.Any(c => c > '~'))
            _out.Append('N');
        _out.Append('\'').Append(value.Replace("'", "''", StringComparison.Ordinal)).Append('\'');
    }

    private void WriteCast(CastExpression cast)
    {
        if (cast.Try && _dialect is not (SqlDialect.SqlServer or SqlDialect.DuckDb))
            throw NotExpressible("TRY_CAST");
        _out.Append(cast.Try ? "TRY_CAST(" : "CAST(");
        Write(cast.Operand);
        _out.Append(" AS ").Append(SqlTypes.Write(cast.Type, _dialect)).Append(')');
    }

    private void WriteInterval(IntervalExpression interval)
    {
        if (_dialect is not (SqlDialect.Postgres or SqlDialect.MySql or SqlDialect.DuckDb))
            throw NotExpressible("INTERVAL");
        var unit = SqlDateParts.Name(interval.Unit);
        if (_dialect is not SqlDialect.MySql && interval.Amount is NumberLiteral or UnaryExpression { Operator: UnaryOperator.Negate, Operand: NumberLiteral })
        {
            var sign = interval.Amount is UnaryExpression ? "-" : "";
            var number = interval.Amount as NumberLiteral ?? (NumberLiteral)((UnaryExpression)interval.Amount).Operand;
            _out.Append("INTERVAL '").Append(sign).Append(number.Text).Append(' ').Append(unit).Append('\'');
            return;
        }

        if (_dialect is SqlDialect.Postgres)
            throw NotExpressible("an interval whose amount is not a number");
        _out.Append("INTERVAL ");
        WriteOperand(interval.Amount, SqlPrecedence.Unary);
        _out.Append(' ').Append(unit.ToUpperInvariant());
    }

    private void WriteExtract(ExtractExpression extract)
    {
        if (_dialect is SqlDialect.SqlServer)
        {
            _out.Append("DATEPART(").Append(extract.Part switch
            {
                DatePart.DayOfYear => "dayofyear",
                DatePart.Week => "iso_week",
                DatePart.DayOfWeek or DatePart.Epoch => throw NotExpressible("EXTRACT of " + extract.Part),
                _ => SqlDateParts.Name(extract.Part),
            }).Append(", ");
            Write(extract.Operand);
            _out.Append(')');
            return;
        }

        if (_dialect is SqlDialect.Sqlite || (_dialect is SqlDialect.MySql && extract.Part is DatePart.DayOfWeek or DatePart.DayOfYear or DatePart.Epoch))
            throw NotExpressible("EXTRACT of " + extract.Part);
        _out.Append("EXTRACT(").Append(SqlDateParts.Name(extract.Part).ToUpperInvariant()).Append(" FROM ");
        Write(extract.Operand);
        _out.Append(')');
    }
}
