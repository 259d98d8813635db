using TaskServices.TextToSql.Sql.Ast;

namespace TaskServices.TextToSql.Sql.Binding;

/// <summary>The tables of one FROM, and those of the queries around it.</summary>
internal sealed class Scope(Scope? parent)
{
    public Scope? Parent => parent;

    public List<BoundTable> Tables { get; } = [];

    /// <summary>Gets the expressions behind output names, where a clause may use them.</summary>
    public Dictionary<string, Expression> Aliases { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Gets, for each column joined by USING or NATURAL, the occurrence that an unqualified name means.</summary>
    public Dictionary<string, BoundColumn> Merged { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Gets the columns that a star leaves out, because USING has already written them.</summary>
    public HashSet<BoundColumn> Repeated { get; } = new(ReferenceEqualityComparer.Instance);

    /// <summary>Gets whether an unqualified name could mean a column of more than one table, now or on another server.</summary>
    public bool NeedsQualifiers => Tables.Count > 1 || (parent is not null && parent.HasTables);

    private bool HasTables => Tables.Count > 0 || (parent?.HasTables ?? false);
}

/// <summary>The common tables that can be seen, innermost first.</summary>
/// <param name="WrittenName">The name that the bound query has for it.</param>
internal sealed record CommonScope(string Name, string WrittenName, IReadOnlyList<OutputColumn> Outputs, CommonScope? Outer)
{
    public static CommonScope? Find(CommonScope? scope, string name)
    {
        for (; scope is not null; scope = scope.Outer)
        {
            if (scope.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
                return scope;
        }

        return null;
    }
}
