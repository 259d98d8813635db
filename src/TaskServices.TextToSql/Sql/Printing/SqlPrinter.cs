using System.Text;
using TaskServices.TextToSql.Sql.Ast;
using TaskServices.TextToSql.Sql.Parsing;

namespace TaskServices.TextToSql.Sql.Printing;

/// <summary>Writes a query as one line in a dialect's spelling.</summary>
/// <remarks>
/// Keywords in capitals, names as they are and in quotes only where the dialect needs them, parentheses only where the reading depends on
/// them. Reading the text again gives an equal AST. It writes what the AST says; a query of another dialect is first adapted.
/// </remarks>
public sealed partial class SqlPrinter
{
    private readonly StringBuilder _out = new();
    private readonly SqlDialect _dialect;

    private SqlPrinter(SqlDialect dialect) => _dialect = dialect;

    /// <summary>Writes a query.</summary>
    /// <exception cref="TextToSqlException">Reason <c>NOT_EXPRESSIBLE</c>: the dialect has no spelling for a part of the query.</exception>
    public static string Print(Query query, SqlDialect dialect)
    {
        ArgumentNullException.ThrowIfNull(query);
        var printer = new SqlPrinter(dialect);
        printer.Write(query);
        return printer._out.ToString();
    }

    /// <summary>Writes an expression.</summary>
    /// <exception cref="TextToSqlException">As for <see cref="Print(Query, SqlDialect)"/>.</exception>
    public static string Print(Expression expression, SqlDialect dialect)
    {
        ArgumentNullException.ThrowIfNull(expression);
        var printer = new SqlPrinter(dialect);
        printer.Write(expression);
        return printer._out.ToString();
    }

    /// <summary>Writes a name, in the dialect's quotes only where it needs them.</summary>
    public static string PrintName(string name, SqlDialect dialect)
    {
        if (IsPlain(name, dialect))
            return name;
        return dialect switch
        {
            SqlDialect.MySql => "`" + name.Replace("`", "``", StringComparison.Ordinal) + "`",
            SqlDialect.SqlServer => "[" + name.Replace("]", "]]", StringComparison.Ordinal) + "]",
            _ => "\"" + name.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"",
        };
    }

    private static bool IsPlain(string name, SqlDialect dialect)
    {
        if (name.Length is 0 || !(char.IsAsciiLetter(name[0]) || name[0] is '_') || SqlKeywords.NeedsQuotes(name, dialect))
            return false;
        foreach (var c in name)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not '_')
                return false;
            if (dialect is SqlDialect.Postgres && char.IsAsciiLetterUpper(c))
                return false;
        }

        return true;
    }

    private void Name(string name) => _out.Append(PrintName(name, _dialect));

    private void List<T>(EquatableList<T> items, Action<T> write)
    {
        for (var i = 0; i < items.Count; i++)
        {
            if (i > 0)
                _out.Append(", ");
            write(items[i]);
        }
    }

    private void Nested(Query query)
    {
        _out.Append('(');
        Write(query);
        _out.Append(')');
    }

    private TextToSqlException NotExpressible(string what) =>
        new("NOT_EXPRESSIBLE", $"{what} cannot be written for {_dialect}.");
}
