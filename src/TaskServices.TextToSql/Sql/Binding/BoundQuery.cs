using System.Diagnostics.CodeAnalysis;
using TaskServices.TextToSql.Schema;
using TaskServices.TextToSql.Sql.Ast;

namespace TaskServices.TextToSql.Sql.Binding;

/// <summary>A query whose every name is resolved: stars are written out, names are spelled as in the schema.</summary>
public sealed class BoundQuery
{
    private readonly Dictionary<ColumnReference, BoundColumn> _columns;
    private readonly Dictionary<TableReference, BoundTable> _references;

    internal BoundQuery(
        Query query, IReadOnlyList<OutputColumn> outputs, Dictionary<ColumnReference, BoundColumn> columns, Dictionary<TableReference, BoundTable> references,
        IReadOnlyList<BoundTable> tables)
    {
        Query = query;
        Outputs = outputs;
        Tables = tables;
        _columns = columns;
        _references = references;
    }

    public Query Query { get; }

    /// <summary>Gets the columns of the result, in order.</summary>
    public IReadOnlyList<OutputColumn> Outputs { get; }

    /// <summary>Gets every occurrence of a table, common table or derived table.</summary>
    public IReadOnlyList<BoundTable> Tables { get; }

    /// <summary>Finds what a reference of <see cref="Query"/> stands for; null for the name of an output column in ORDER BY.</summary>
    public BoundColumn? Resolve(ColumnReference reference) => _columns.GetValueOrDefault(reference);

    /// <summary>Finds what stands in a FROM of <see cref="Query"/>.</summary>
    internal BoundTable Resolve(TableReference reference) => _references[reference];
}

/// <summary>One column of a result.</summary>
/// <param name="Name">Null where the engine makes up a name.</param>
public sealed record OutputColumn(string? Name, ColumnType Type)
{
    /// <summary>Gets the values more precisely than <see cref="Type"/> says.</summary>
    internal ValueKind Kind { get; init; }

    /// <summary>Gets how many times longer than a stored value a value may be.</summary>
    internal double Growth { get; init; } = 1;
}

/// <summary>One occurrence of a table in a FROM.</summary>
public sealed class BoundTable
{
    private readonly Dictionary<string, BoundColumn> _byName = new(StringComparer.OrdinalIgnoreCase);

    internal BoundTable(string exposedName, TableSchema? table, string? commonTable)
    {
        ExposedName = exposedName;
        Table = table;
        CommonTable = commonTable;
    }

    /// <summary>Gets the alias, or the name where there is none.</summary>
    public string ExposedName { get; }

    /// <summary>Gets the table of the schema; null for a derived or common table.</summary>
    public TableSchema? Table { get; }

    /// <summary>Gets the name of the common table; null for others.</summary>
    public string? CommonTable { get; }

    /// <summary>Gets the columns that may be read, in order.</summary>
    public IReadOnlyList<BoundColumn> Columns { get; private set; } = [];

    /// <summary>Gets whether every column has a name of its own.</summary>
    internal bool HasDistinctNames => Columns.Count == _byName.Count && Columns.All(column => column.Name.Length > 0);

    internal void SetColumns(IReadOnlyList<BoundColumn> columns)
    {
        Columns = columns;
        foreach (var column in columns)
        {
            if (column.Name.Length > 0)
                _byName.TryAdd(column.Name, column);
        }
    }

    internal bool TryFind(string name, [NotNullWhen(true)] out BoundColumn? column) => _byName.TryGetValue(name, out column);
}

/// <summary>A column of one occurrence of a table.</summary>
/// <param name="Name">Empty where a derived table's column has no name.</param>
public sealed record BoundColumn(BoundTable Table, string Name, ColumnType Type)
{
    /// <inheritdoc cref="OutputColumn.Kind"/>
    internal ValueKind Kind { get; init; }

    /// <inheritdoc cref="OutputColumn.Growth"/>
    internal double Growth { get; init; } = 1;
}
