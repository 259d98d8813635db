using System.Collections.Frozen;
using TaskServices.TextToSql.Schema;

namespace TaskServices.TextToSql.Sql.Functions;

/// <summary>Every function that queries may use; what is not here does not exist for the guard.</summary>
/// <remarks>
/// Left out on purpose: whatever has side effects, reads files, settings, catalogs or other sessions, runs SQL given as text, waits, or builds
/// huge values (space, zeroblob, generate_series); what repeats and fills is bounded by the guard.
/// </remarks>
internal static class SqlFunctions
{
    private const int AnyNumber = 64;

    private static readonly FrozenDictionary<string, SqlFunction> ByName =
        new[] { FunctionTable.Aggregates, FunctionTable.Windows, FunctionTable.Numbers, FunctionTable.Texts, FunctionTable.Dates, FunctionTable.Json, FunctionTable.Conditions }
            .SelectMany(Read).ToFrozenDictionary(function => function.Name);

    private static readonly FrozenDictionary<(SqlDialect, string), string> ByWord = ByName.Values
        .SelectMany(function => function.Words.SelectMany(pair => pair.Value.Select(word => (Key: (pair.Key, word), function.Name))))
        .Where(pair => pair.Key.word is not ("max" or "min") || pair.Name == pair.Key.word) // SQLite's max and min of several arguments: the reader tells them apart
        .ToFrozenDictionary(pair => pair.Key, pair => pair.Name);

    public static IEnumerable<SqlFunction> All => ByName.Values;

    /// <summary>Finds a function by its name in the AST.</summary>
    public static SqlFunction? Find(string name) => ByName.GetValueOrDefault(name);

    /// <summary>Finds the name in the AST of what a dialect calls so; null where it is not known there.</summary>
    public static string? NameOf(string word, SqlDialect dialect) => ByWord.GetValueOrDefault((dialect, word));

    /// <summary>Gets a dialect's word for a function; the name itself where the function is not known there.</summary>
    public static string Spell(string name, SqlDialect dialect) => Find(name)?.Words.GetValueOrDefault(dialect)?[0] ?? name;

    public static bool IsAggregate(string name) => Find(name)?.Kind is FunctionKind.Aggregate;

    /// <summary>Reads a part of the table.</summary>
    public static IEnumerable<SqlFunction> Read(string table) => table.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Parse);

    private static SqlFunction Parse(string line)
    {
        var halves = line.Split(" # ");
        var parts = halves[0].Split(' ');
        var (name, arguments) = (parts[0], parts[2]);
        var words = new Dictionary<SqlDialect, string[]>();
        foreach (var dialect in Enum.GetValues<SqlDialect>())
        {
            var spelling = parts[5 + (int)dialect];
            if (spelling is not "-")
                words[dialect] = [.. spelling.Split('|').Select(word => word is "=" ? name : word)];
        }

        var letters = arguments.Replace("?", "", StringComparison.Ordinal).TrimEnd('*') is var found and not "0" ? found : "";
        var optional = arguments.IndexOf('?', StringComparison.Ordinal);
        return new(
            name,
            parts[1] switch { "a" => FunctionKind.Aggregate, "w" => FunctionKind.Window, _ => FunctionKind.Scalar },
            letters,
            optional >= 0 ? optional : letters.Length,
            arguments.EndsWith('*') ? AnyNumber : letters.Length,
            parts[3] switch
            {
                "n" => ColumnType.Number,
                "t" => ColumnType.Text,
                "d" => ColumnType.Time,
                "b" => ColumnType.Boolean,
                "o" => ColumnType.Other,
                _ => null,
            },
            parts[4] switch
            {
                "any" => NullBehaviour.AnyArgument,
                "values" => NullBehaviour.NoValues,
                "first" => NullBehaviour.FirstArgument,
                "never" => NullBehaviour.Never,
                _ => NullBehaviour.Own,
            },
            words.ToFrozenDictionary(),
            halves[1]);
    }
}
