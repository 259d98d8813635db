using TaskServices.Testing;
using TaskServices.TextToSql.Sql;

namespace TaskServices.TextToSql.Tests.Sql.Functions;

/// <summary>One use of a function, in the dialect that it is written in.</summary>
internal sealed record FunctionExample(string Name, SqlDialect Dialect, string Text)
{
    public static IReadOnlyList<FunctionExample> All { get; } =
    [
        .. File.ReadLines(TestFiles.InRepository("tests", "TaskServices.TextToSql.Tests", "Sql", "Functions", "examples.txt"))
            .Where(line => line.Length > 0 && line[0] is not '#')
            .Select(line => line.Split(' ', 3)).Select(parts => new FunctionExample(parts[0], Enum.Parse<SqlDialect>(parts[1], ignoreCase: true), parts[2])),
    ];
}
