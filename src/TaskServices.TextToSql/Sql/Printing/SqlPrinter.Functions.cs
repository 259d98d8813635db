using TaskServices.TextToSql.Sql.Ast;
using TaskServices.TextToSql.Sql.Functions;
using TaskServices.TextToSql.Sql.Parsing;

namespace TaskServices.TextToSql.Sql.Printing;

public sealed partial class SqlPrinter
{
    private void Write(FunctionCall call)
    {
        var isKeyword = call.Name is "current_date" or "current_time" or "current_timestamp" && call.Arguments.Count is 0 && !call.Star;
        if (isKeyword)
        {
            _out.Append(_dialect is SqlDialect.SqlServer && call.Name is "current_date" ? "CAST(CURRENT_TIMESTAMP AS date)" : call.Name.ToUpperInvariant());
            return;
        }

        if (call.Name is "any_value" && _dialect is SqlDialect.Postgres && call.Over is null)
        {
            _out.Append('(');
            Write(call with { Name = "array_agg" });
            _out.Append(")[1]");
            return;
        }

        if (call.Name is "trim" or "ltrim" or "rtrim" && _dialect is SqlDialect.MySql && call.Arguments is [var trimmed, var characters])
        {
            _out.Append(call.Name is "trim" ? "TRIM(BOTH " : call.Name is "ltrim" ? "TRIM(LEADING " : "TRIM(TRAILING ");
            Write(characters);
            _out.Append(" FROM ");
            Write(trimmed);
            _out.Append(')');
            return;
        }

        // Function names are never quoted: the guard knows them all, and the parser takes no quoted ones.
        _out.Append(SqlFunctions.Spell(call.Name, _dialect)).Append('(');
        if (call.Star)
            _out.Append('*');
        if (call.Distinct)
            _out.Append("DISTINCT ");
        WriteArguments(call);
        _out.Append(')');
        if (call.Name is "group_concat" && call.OrderBy.Count > 0 && _dialect is SqlDialect.SqlServer)
            call = call with { WithinGroup = call.OrderBy };
        if (call.WithinGroup.Count > 0)
        {
            _out.Append(" WITHIN GROUP (ORDER BY ");
            List(call.WithinGroup, Write);
            _out.Append(')');
        }

        if (call.Filter is not null)
        {
            _out.Append(" FILTER (WHERE ");
            Write(call.Filter);
            _out.Append(')');
        }

        if (call.IgnoreNulls)
            _out.Append(" IGNORE NULLS");
        if (call.Over is not null)
        {
            _out.Append(" OVER ");
            Write(call.Over, isDefinition: false);
        }
    }

    private void WriteArguments(FunctionCall call)
    {
        var arguments = call.Arguments;
        if (_dialect is SqlDialect.SqlServer && call.Name is "datediff" or "date_trunc" or "datename" && arguments is [StringLiteral unit, ..])
        {
            // The unit is a word, not a string.
            _out.Append(unit.Value).Append(", ");
            arguments = arguments.Skip(1).ToEquatableList();
        }
        else if (_dialect is SqlDialect.MySql && call.Name is "timestampdiff" && arguments is [StringLiteral part, ..])
        {
            _out.Append(part.Value.ToUpperInvariant()).Append(", ");
            arguments = arguments.Skip(1).ToEquatableList();
        }
        else if (_dialect is SqlDialect.MySql && call.Name is "datediff" && arguments is [StringLiteral { Value: "day" }, var start, var end])
        {
            arguments = [end, start];
        }
        else if (_dialect is SqlDialect.SqlServer && call.Name is "instr" && arguments is [var text, var part2])
        {
            arguments = [part2, text];
        }
        else if (call.Name is "group_concat")
        {
            WriteConcatenation(call);
            return;
        }

        List(arguments, Write);
        if (call.OrderBy.Count > 0)
        {
            _out.Append(" ORDER BY ");
            List(call.OrderBy, Write);
        }
    }

    /// <summary>Only SQLite, MySQL and DuckDB have a separator of their own accord, and MySQL writes it last.</summary>
    private void WriteConcatenation(FunctionCall call)
    {
        var separator = call.Arguments.Count > 1 ? call.Arguments[1] : null;
        if (separator is null && _dialect is SqlDialect.Postgres or SqlDialect.SqlServer)
            separator = new StringLiteral(",");
        Write(call.Arguments[0]);
        if (separator is not null && _dialect is not SqlDialect.MySql)
        {
            _out.Append(", ");
            Write(separator);
        }

        if (call.OrderBy.Count > 0 && _dialect is not SqlDialect.SqlServer)
        {
            _out.Append(" ORDER BY ");
            List(call.OrderBy, Write);
        }

        if (separator is not null && _dialect is SqlDialect.MySql)
        {
            _out.Append(" SEPARATOR ");
            Write(separator);
        }
    }

    private void Write(WindowSpecification window, bool isDefinition)
    {
        if (window.IsNameOnly && !isDefinition)
        {
            Name(window.BaseName!);
            return;
        }

        _out.Append('(');
        var separator = "";
        if (window.BaseName is not null)
        {
            Name(window.BaseName);
            separator = " ";
        }

        if (window.PartitionBy.Count > 0)
        {
            _out.Append(separator).Append("PARTITION BY ");
            List(window.PartitionBy, Write);
            separator = " ";
        }

        if (window.OrderBy.Count > 0)
        {
            _out.Append(separator).Append("ORDER BY ");
            List(window.OrderBy, Write);
            separator = " ";
        }

        if (window.Frame is not null)
        {
            _out.Append(separator).Append(window.Frame.Unit.ToString().ToUpperInvariant()).Append(' ');
            if (window.Frame.End is not null)
                _out.Append("BETWEEN ");
            Write(window.Frame.Start);
            if (window.Frame.End is not null)
            {
                _out.Append(" AND ");
                Write(window.Frame.End);
            }
        }

        _out.Append(')');
    }

    private void Write(FrameBound bound)
    {
        if (bound.Amount is not null)
        {
            WriteOperand(bound.Amount, SqlPrecedence.Bit + 1);
            _out.Append(' ');
        }

        _out.Append(bound.Kind switch
        {
            FrameBoundKind.UnboundedPreceding => "UNBOUNDED PRECEDING",
            FrameBoundKind.Preceding => "PRECEDING",
            FrameBoundKind.CurrentRow => "CURRENT ROW",
            FrameBoundKind.Following => "FOLLOWING",
            _ => "UNBOUNDED FOLLOWING",
        });
    }
}
