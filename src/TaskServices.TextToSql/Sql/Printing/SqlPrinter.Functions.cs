using TaskServices.TextToSql.Sql.Ast;
using TaskServices.TextToSql.Sql.Parsing;

namespace TaskServices.TextToSql.Sql.Printing;

public sealed partial class SqlPrinter
{
    private void Write(FunctionCall call)
    {
        _out.Append(FunctionName(call.Name));
        if (call.Name is "current_date" or "current_time" or "current_timestamp" && call.Arguments.Count is 0 && !call.Star)
            return;
        _out.Append('(');
        if (call.Star)
            _out.Append('*');
        if (call.Distinct)
            _out.Append("DISTINCT ");
        List(call.Arguments, Write);
        if (call.OrderBy.Count > 0)
        {
            _out.Append(" ORDER BY ");
            List(call.OrderBy, Write);
        }

        _out.Append(')');
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

    /// <summary>Function names are never quoted: the guard knows them all, and the parser takes no quoted ones.</summary>
    private static string FunctionName(string name) => name is "current_date" or "current_time" or "current_timestamp" ? name.ToUpperInvariant() : name;

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
