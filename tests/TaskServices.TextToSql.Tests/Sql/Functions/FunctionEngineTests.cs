using TaskServices.TextToSql.Guard;
using TaskServices.TextToSql.Sql;
using TaskServices.TextToSql.Sql.Functions;
using TaskServices.TextToSql.Sql.Parsing;
using TaskServices.TextToSql.Sql.Printing;
using TaskServices.TextToSql.Sql.Translation;

namespace TaskServices.TextToSql.Tests.Sql.Functions;

/// <summary>What the table of functions says is the same, executed on every engine that says so.</summary>
public sealed class FunctionEngineTests
{
    /// <summary>Functions whose value differs from call to call.</summary>
    private static readonly string[] Volatile = ["current_date", "current_time", "current_timestamp", "random"];

    /// <summary>What cannot be one value of a row: lists, and words of GROUP BY.</summary>
    private static readonly string[] NoValues = ["array_agg", "array_length", "array_to_string", "rollup", "cube", "grouping", "age", "to_timestamp"];

    [Fact]
    public void Examples_EveryFunctionOfTwoEngines_HasOne()
    {
        var known = FunctionExample.All.Select(example => example.Name).ToHashSet();
        SqlDialect[] engines = [SqlDialect.Sqlite, SqlDialect.Postgres, SqlDialect.MySql, SqlDialect.DuckDb];

        var missing = SqlFunctions.All.Where(function => engines.Count(function.Exists) > 1 && !known.Contains(function.Name)).Select(function => function.Name)
            .Except([.. Volatile, .. NoValues, "regexp_matches"]); // REGEXP_LIKE is MySQL's, not MariaDB's

        Assert.Empty(missing);
    }

    [Fact]
    public void Examples_OnEveryEngine_HaveTheSameValuesAndTheSaidNulls()
    {
        using var engines = new FunctionEngines();
        var problems = new List<string>();
        foreach (var example in FunctionExample.All)
        {
            var values = new List<(SqlDialect Dialect, string Sql, string Values)>();
            foreach (var dialect in engines.Dialects)
            {
                if (Write(example, dialect) is not { } sql)
                    continue;
                try
                {
                    values.Add((dialect, sql, string.Join(" | ", engines.Execute(sql, dialect))));
                }
#pragma warning disable CA1031 // Each engine has its own exception.
                catch (Exception exception)
#pragma warning restore CA1031
                {
                    values.Add((dialect, sql, "failed: " + exception.Message.Split('\n')[0]));
                }
            }

            if (values.Select(value => value.Values).Distinct().Count() is not 1 || values[0].Values.StartsWith("failed", StringComparison.Ordinal))
                problems.Add(example.Text + string.Concat(values.Select(value => $"\n    {value.Dialect}: {value.Values}    {value.Sql}")));
            else if (NullProblem(example, values[0].Values.Split(" | ")) is { } problem)
                problems.Add($"{example.Text}: {problem}");
        }

        Assert.True(problems.Count is 0, string.Join('\n', problems));
    }

    /// <summary>The third row of the table is NULL in every column but i, g and one.</summary>
    private static string? NullProblem(FunctionExample example, string[] values)
    {
        if (SqlFunctions.Find(example.Name) is not { Kind: FunctionKind.Scalar } function || values.Length is not 4 || !Mentions(example))
            return null;
        return function.Nulls switch
        {
            NullBehaviour.AnyArgument when values[2] is not "NULL" => "not NULL for a NULL argument",
            NullBehaviour.Never when values.Contains("NULL") => "NULL",
            _ => null,
        };
    }

    private static bool Mentions(FunctionExample example) => new[] { "(n", "(x", "(s", "(d", "(ts", "(j" }.Any(part => example.Text.Contains(part + ",", StringComparison.Ordinal) || example.Text.Contains(part + ")", StringComparison.Ordinal));

    /// <summary>Writes an example for an engine; null where the table says that it has no such function.</summary>
    private static string? Write(FunctionExample example, SqlDialect dialect)
    {
        var call = SqlFunctions.Find(example.Name);
        if (call is not null && !call.Exists(dialect) && !(example.Dialect is SqlDialect.Sqlite && call.Exists(SqlDialect.Sqlite)))
            return null;
        if (dialect is SqlDialect.MySql && example.Name is "iso_week" or "any_value")
            return null; // MySQL's own week; MySQL has ANY_VALUE, MariaDB has not
        var isAggregate = call is { Kind: FunctionKind.Aggregate };
        var query = SqlParser.Parse($"SELECT {example.Text} FROM v{(isAggregate ? "" : " ORDER BY i")}", example.Dialect);
        try
        {
            // What SQLite has is written by meaning; what it has not, by the table alone.
            var written = example.Dialect is SqlDialect.Sqlite ? SqlTranslator.Translate(query, FunctionEngines.Schema(dialect), dialect) : query;
            var verdict = SqlGuard.Check(written, dialect, FunctionEngines.Schema(dialect), AccessGrant.Everything(FunctionEngines.Schema(dialect)), GuardOptions.Default).Verdict;
            if (verdict.Reason is "NOT_EXPRESSIBLE")
                return null;
            if (!verdict.Accepted)
                return "refused: " + verdict.Message;
            Assert.Equal(verdict.Sql, SqlPrinter.Print(SqlParser.Parse(verdict.Sql!, dialect), dialect));
            return verdict.Sql;
        }
        catch (TextToSqlException exception) when (exception.Reason is "NOT_EXPRESSIBLE")
        {
            return null;
        }
    }
}
