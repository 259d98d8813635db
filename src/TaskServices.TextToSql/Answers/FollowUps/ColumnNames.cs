using System.Text.RegularExpressions;
using TaskServices.TextToSql.Schema;
using TaskServices.TextToSql.Sql.Ast;
using TaskServices.TextToSql.Sql.Functions;

namespace TaskServices.TextToSql.Answers.FollowUps;

/// <summary>Finds what a follow-up calls a column by: one column or none, never the likeliest of several.</summary>
internal sealed partial class ColumnNames
{
    private static readonly HashSet<string> Fillers = new(["the", "their", "its", "a", "an", "of", "each", "every"], StringComparer.OrdinalIgnoreCase);

    private static readonly Dictionary<string, string[]> AggregateWords = new()
    {
        ["count"] = ["count", "number"],
        ["sum"] = ["sum", "total"],
        ["avg"] = ["average", "mean"],
        ["max"] = ["maximum", "highest"],
        ["min"] = ["minimum", "lowest"],
    };

    private readonly SelectBody _body;
    private readonly List<(TableReference Reference, TableSchema Table)>? _tables;

    public ColumnNames(SelectBody body, DatabaseSchema schema)
    {
        _body = body;
        _tables = Flatten(body.From, schema);
    }

    /// <summary>Gets the tables of the FROM; null where something else stands there too.</summary>
    public IReadOnlyList<(TableReference Reference, TableSchema Table)>? Tables => _tables;

    /// <summary>Names a column of a table as the query would: with its table only where there are several.</summary>
    public ColumnReference Refer(TableReference table, string column) => new(column, _tables is [_] ? null : table.ExposedName);

    /// <summary>Finds a column of the tables.</summary>
    public ColumnReference? FindColumn(string name)
    {
        var asked = Words(name);
        return Choose(
            asked,
            (_tables ?? []).SelectMany(pair => pair.Table.Columns.Select(column => (
                Value: Refer(pair.Reference, column.Name), Own: Words(column.Name), Around: Words(pair.Table.Name)))));
    }

    /// <summary>Finds an item of the SELECT list.</summary>
    public Expression? FindOutput(string name) =>
        Choose(Words(name), _body.Items.OfType<ExpressionItem>().Select(item => (Value: item.Expression, Own: OutputWords(item), Around: (string[])[])));

    private static T? Choose<T>(string[] asked, IEnumerable<(T Value, string[] Own, string[] Around)> candidates)
        where T : class
    {
        if (asked.Length == 0)
            return null;
        var found = candidates.Where(candidate => asked.All(word => candidate.Own.Contains(word) || candidate.Around.Contains(word)) && asked.Any(candidate.Own.Contains)).ToList();
        foreach (var keep in new Func<(T Value, string[] Own, string[] Around), bool>[] { candidate => asked.All(candidate.Own.Contains), candidate => candidate.Own.All(asked.Contains) })
        {
            if (found.Count > 1 && found.Where(keep).ToList() is { Count: > 0 } narrower)
                found = narrower;
        }

        return found.Count == 1 ? found[0].Value : null;
    }

    private static string[] OutputWords(ExpressionItem item) => (item.Alias, item.Expression) switch
    {
        ({ } alias, _) => Words(alias),
        (_, ColumnReference column) => Words(column.Name),
        (_, FunctionCall call) when SqlFunctions.IsAggregate(call.Name) =>
            [.. AggregateWords.GetValueOrDefault(call.Name, [call.Name]), .. call.Arguments.OfType<ColumnReference>().SelectMany(column => Words(column.Name))],
        _ => [],
    };

    private static List<(TableReference, TableSchema)>? Flatten(IEnumerable<TableSource> sources, DatabaseSchema schema)
    {
        var tables = new List<(TableReference, TableSchema)>();
        var rest = new Stack<TableSource>(sources.Reverse());
        while (rest.TryPop(out var source))
        {
            switch (source)
            {
                case TableReference reference when schema.FindTable(reference.Name) is { } table:
                    tables.Add((reference, table));
                    break;
                case JoinedTable join:
                    rest.Push(join.Right);
                    rest.Push(join.Left);
                    break;
                default:
                    return null;
            }
        }

        return tables;
    }

#pragma warning disable CA1308 // Words are compared in lower case.
    private static string[] Words(string name) =>
        [.. Word().Matches(name).Select(word => word.Value.ToLowerInvariant()).Where(word => !Fillers.Contains(word)).Select(Singular).Distinct()];
#pragma warning restore CA1308

    private static string Singular(string word) =>
        word.Length > 4 && word.EndsWith("ies", StringComparison.Ordinal) ? word[..^3] + "y"
        : word.Length > 3 && word[^1] == 's' && word[^2] is not ('s' or 'u' or 'i') ? word[..^1] : word;

    [GeneratedRegex(@"\p{Lu}+(?![\p{Ll}])|\p{Lu}?\p{Ll}+|\p{N}+|\p{Lo}+", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Word();
}
