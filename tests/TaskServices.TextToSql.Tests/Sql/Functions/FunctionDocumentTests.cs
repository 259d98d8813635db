using System.Globalization;
using System.Text;
using TaskServices.Testing;
using TaskServices.TextToSql.Schema;
using TaskServices.TextToSql.Sql;
using TaskServices.TextToSql.Sql.Ast;
using TaskServices.TextToSql.Sql.Functions;
using TaskServices.TextToSql.Sql.Printing;

namespace TaskServices.TextToSql.Tests.Sql.Functions;

/// <summary><c>docs/functions.md</c> is written from the table; <c>UPDATE_DOCS=1</c> lets the test write it.</summary>
public sealed class FunctionDocumentTests
{
    private static readonly SqlDialect[] Dialects = [SqlDialect.Sqlite, SqlDialect.Postgres, SqlDialect.MySql, SqlDialect.SqlServer, SqlDialect.DuckDb];

    private static readonly (string Title, string Table)[] Groups =
    [
        ("Numbers", FunctionTable.Numbers), ("Texts", FunctionTable.Texts), ("Dates and times", FunctionTable.Dates), ("JSON and lists", FunctionTable.Json),
        ("Conditions and others", FunctionTable.Conditions), ("Aggregates and statistics", FunctionTable.Aggregates), ("Window functions", FunctionTable.Windows),
    ];

    private static readonly Expression A = new ColumnReference("a"), B = new ColumnReference("b");

    /// <summary>What is syntax rather than a call, by the node of the AST.</summary>
    private static readonly (string Meaning, string Arguments, string Nulls, Expression Form)[] Forms =
    [
        .. new[] { DatePart.Year, DatePart.Quarter, DatePart.Month, DatePart.Day, DatePart.Hour, DatePart.Minute, DatePart.Second, DatePart.DayOfYear, DatePart.Epoch }
            .Select(part => ("part of a date: " + part.ToString().ToLowerInvariant(), "date", "of NULL", (Expression)new ExtractExpression(part, A))),
        ("week: ISO; MySQL counts from the year's first Sunday", "date", "of NULL", new ExtractExpression(DatePart.Week, A)),
        ("weekday, Sunday is 0", "date", "of NULL", new ExtractExpression(DatePart.DayOfWeek, A)),
        ("so much later", "date, number", "of NULL", new BinaryExpression(BinaryOperator.Add, A, new IntervalExpression(new NumberLiteral("3"), DatePart.Month))),
        ("joined", "text, text", "of any NULL", new BinaryExpression(BinaryOperator.Concat, A, B)),
        ("remainder", "number, number", "of any NULL", new BinaryExpression(BinaryOperator.Modulo, A, B)),
        ("part of JSON", "JSON, text", "also where it is missing", new BinaryExpression(BinaryOperator.JsonGet, A, new StringLiteral("k"))),
        ("part of JSON as text", "JSON, text", "also where it is missing", new BinaryExpression(BinaryOperator.JsonGetText, A, new StringLiteral("k"))),
        ("one of two values (IIF, IF)", "truth, any, any", "as the value", new CaseExpression(null, [new CaseBranch(new IsNullExpression(A), B)], A)),
    ];

    [Fact]
    public void Document_WrittenAgain_IsTheSame()
    {
        var path = TestFiles.InRepository("docs", "functions.md");
        var text = Write();
        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") is "1")
            File.WriteAllText(path, text);

        Assert.Equal(text, File.ReadAllText(path));
    }

    private static string Write()
    {
        var text = new StringBuilder(
            """
            # Functions

            Every function that a query may use, by its meaning; what is not here is refused, whatever the engine has. Written from the table that parser,
            binder, guard and printer share (`FunctionTable`) by `FunctionDocumentTests`, which fails where this page is not current:

            ```bash
            UPDATE_DOCS=1 artifacts/bin/TaskServices.TextToSql.Tests/release/TaskServices.TextToSql.Tests -class '*FunctionDocumentTests'
            ```

            What two of SQLite, PostgreSQL, MariaDB and DuckDB share a line for was executed there with the same values (`FunctionEngineTests`, its `examples.txt`);
            SQL Server's column was never executed. The first word of a cell is written, all are read. "–": not there, an error that names the engine. A query that the model writes means what SQLite means by it, and `SqlTranslator` writes
            that for the engine, so that `strftime`, `date` with modifiers, `julianday` or `total` work on all of them. NULL: when the result is. On PostgreSQL, DuckDB and SQL Server an
            argument whose kind is known and does not fit is an error with its position (`ARGUMENT_TYPE`). Known differences: SQLite's `upper` and `lower` change A to Z only; a month added to the 29th to 31st may run over into the next one on
            SQLite, and ends with the month elsewhere.

            """).Append('\n');
        foreach (var (title, table) in Groups)
        {
            Head(title);
            foreach (var function in SqlFunctions.Read(table))
            {
                text.Append(CultureInfo.InvariantCulture, $"| `{function.Name}` | {function.Meaning} | {Arguments(function)} | {Result(function.Type)} | {Nulls(function.Nulls)} |");
                foreach (var dialect in Dialects)
                    text.Append(' ').Append(function.Words.TryGetValue(dialect, out var words) ? string.Join(", ", words.Select(word => $"`{word.ToUpperInvariant()}`")) : "–").Append(" |");
                text.Append('\n');
            }
        }

        Head("Syntax");
        foreach (var (meaning, arguments, nulls, form) in Forms)
        {
            text.Append(CultureInfo.InvariantCulture, $"| | {meaning} | {arguments} | | {nulls} |");
            foreach (var dialect in Dialects)
                text.Append(' ').Append(Print(form, dialect)).Append(" |");
            text.Append('\n');
        }

        return text.ToString();

        void Head(string title) => text.Append(CultureInfo.InvariantCulture, $"\n## {title}\n\n| name | meaning | arguments | result | NULL | SQLite | PostgreSQL | MySQL/MariaDB | SQL Server | DuckDB |\n| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n");
    }

    private static string Print(Expression form, SqlDialect dialect)
    {
        try
        {
            var sql = SqlPrinter.Print(new Query(new SelectBody([new ExpressionItem(form)])), dialect)["SELECT ".Length..];
            return $"`{sql.Replace("|", "\\|", StringComparison.Ordinal)}`";
        }
        catch (TextToSqlException)
        {
            return "–";
        }
    }

    private static string Arguments(SqlFunction function)
    {
        var needed = string.Join(", ", function.Arguments.Take(function.MinimumArguments).Select(Kind));
        var optional = string.Join(", ", function.Arguments.Skip(function.MinimumArguments).Select(Kind));
        var more = function.MaximumArguments > function.Arguments.Length ? ", …" : "";
        return needed + (optional.Length is 0 ? more : $"{(needed.Length is 0 ? "[" : " [, ")}{optional}{more}]");
    }

    private static string Kind(char letter) => letter switch { 'n' => "number", 't' => "text", 'd' => "date", 'b' => "truth", 'j' => "JSON", _ => "any" };

    private static string Result(ColumnType? type) => type switch
    {
        null => "as the first",
        ColumnType.Time => "date",
        ColumnType.Boolean => "truth",
        ColumnType.Number => "number",
        ColumnType.Text => "text",
        _ => "other",
    };

    private static string Nulls(NullBehaviour nulls) => nulls switch
    {
        NullBehaviour.AnyArgument => "of any NULL",
        NullBehaviour.NoValues => "of no values",
        NullBehaviour.FirstArgument => "of NULLs only",
        NullBehaviour.Never => "never",
        _ => "see meaning",
    };
}
