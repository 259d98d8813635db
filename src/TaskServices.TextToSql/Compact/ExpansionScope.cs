using TaskServices.TextToSql.Schema;
using TaskServices.TextToSql.Sql.Ast;

namespace TaskServices.TextToSql.Compact;

/// <summary>What is known of one SELECT while it is expanded: its tables so far, its aliases, and the SELECT around it.</summary>
internal sealed class ExpansionScope(ExpansionScope? outer, SelectBody body)
{
    private readonly HashSet<string> _outputNames =
        body.Items.OfType<ExpressionItem>().Select(item => item.Alias).OfType<string>().ToHashSet(StringComparer.OrdinalIgnoreCase);

    public ExpansionScope? Outer { get; } = outer;

    /// <summary>Gets the tables in use under their own names, in the order of the text.</summary>
    public List<string> Tables { get; } = [];

    /// <summary>Gets sources with an alias; the table is null for a derived one.</summary>
    public Dictionary<string, TableSchema?> Aliased { get; } = new(StringComparer.OrdinalIgnoreCase);

    public bool HasDerivedSource => Aliased.ContainsValue(null);

    public bool HasOutputName(string name) => _outputNames.Contains(name);

    public bool IsAlias(string name) => FindAlias(name, out _);

    public bool FindAlias(string name, out TableSchema? table)
    {
        for (var scope = this; scope is not null; scope = scope.Outer)
        {
            if (scope.Aliased.TryGetValue(name, out table))
            {
                return true;
            }
        }

        table = null;
        return false;
    }

    /// <summary>Tells whether this SELECT or one around it uses a table under its own name.</summary>
    public bool Sees(string table) =>
        Tables.Contains(table, StringComparer.OrdinalIgnoreCase) || Outer?.Sees(table) == true;
}
