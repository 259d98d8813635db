using System.Security.Cryptography;
using System.Text;
using TaskServices.TextToSql.Schema;

namespace TaskServices.TextToSql.Guard;

/// <summary>What a caller may read: tables, each with its readable columns and its rows. Everything else does not exist for the caller.</summary>
/// <remarks>Immutable; safe for use from several threads.</remarks>
public sealed class AccessGrant
{
    private static readonly Dictionary<string, object?> NoParameters = [];

    private readonly Dictionary<string, TableGrant> _tables;
    private readonly Dictionary<string, HashSet<string>> _columnsByTable;
    private readonly HashSet<(string Table, string Column)> _policyColumns;
    private readonly Lazy<string> _fingerprint;
    private readonly Lazy<IReadOnlySet<string>> _policyParameters;

    /// <param name="columnsByTable">Readable columns of each readable table. Names are compared without case.</param>
    public AccessGrant(IReadOnlyDictionary<string, IReadOnlyCollection<string>> columnsByTable)
        : this(columnsByTable.ToDictionary(pair => pair.Key, pair => new TableGrant(pair.Value)), NoParameters, [])
    {
    }

    internal AccessGrant(
        IReadOnlyDictionary<string, TableGrant> tables, IReadOnlyDictionary<string, object?> parameters, IEnumerable<(string Table, string Column)> policyColumns)
    {
        _tables = new(tables, StringComparer.OrdinalIgnoreCase);
        _columnsByTable = _tables.ToDictionary(
            pair => pair.Key, pair => pair.Value.Columns.ToHashSet(StringComparer.OrdinalIgnoreCase), StringComparer.OrdinalIgnoreCase);
        _policyColumns = [.. policyColumns.Select(pair => (Fold(pair.Table), Fold(pair.Column)))];
        Parameters = parameters;
        _fingerprint = new(ComputeFingerprint);
        _policyParameters = new(FindPolicyParameters);
    }

    /// <summary>Gets the values that row policies and masks may use, by the parameter's name: who asks, never what was asked.</summary>
    public IReadOnlyDictionary<string, object?> Parameters { get; }

    /// <summary>Grants every column of every table of a schema.</summary>
    public static AccessGrant Everything(DatabaseSchema schema) =>
        new(schema.Tables.ToDictionary(
            table => table.Name, IReadOnlyCollection<string> (table) => [.. table.Columns.Select(column => column.Name)]));

    /// <summary>
    /// Gets a hash of everything that decides what the caller reads: tables, columns, row policies, masks and the values of the parameters that they use. Two
    /// grants with the same one give the same rows to the same query.
    /// </summary>
    public string Fingerprint => _fingerprint.Value;

    /// <summary>Gets the parameters that row policies and masks use.</summary>
    internal IReadOnlySet<string> PolicyParameters => _policyParameters.Value;

    public bool AllowsTable(string table) => _columnsByTable.ContainsKey(table);

    public bool AllowsColumn(string table, string column) =>
        _columnsByTable.TryGetValue(table, out var columns) && columns.Contains(column);

    /// <summary>Gets whether the engine may read a column for the guard's re-print: one that is granted, or that a policy or mask reads.</summary>
    public bool AllowsEngineRead(string table, string column) =>
        AllowsColumn(table, column) || _policyColumns.Contains((Fold(table), Fold(column)));

    /// <summary>Gets whether the engine may touch a table for the guard's re-print without reading a column of it.</summary>
    public bool AllowsEngineTable(string table) => AllowsTable(table) || _policyColumns.Any(pair => pair.Table == Fold(table));

    internal TableGrant? Find(string table) => _tables.GetValueOrDefault(table);

    /// <summary>Gets the tables and columns of a schema that the caller may know of.</summary>
    public DatabaseSchema View(DatabaseSchema schema)
    {
        ArgumentNullException.ThrowIfNull(schema);
        var tables = schema.Tables.Where(table => AllowsTable(table.Name)).Select(table => new TableSchema(
            table.Name, [.. table.Columns.Where(column => AllowsColumn(table.Name, column.Name))],
            [.. table.PrimaryKey.Where(column => AllowsColumn(table.Name, column))], table.Comment)).ToList();
        return new(schema.Name, tables, [.. schema.ForeignKeys.Where(key =>
            key.Columns.All(column => AllowsColumn(key.Table, column)) && key.ReferencedColumns.All(column => AllowsColumn(key.ReferencedTable, column)))]);
    }

    /// <summary>Gets the part of a view whose stored values may be shown: no table of which some rows are kept from the caller, no masked column.</summary>
    internal DatabaseSchema ValuesView(DatabaseSchema schema)
    {
        var view = View(schema);
        return view with
        {
            Tables = [.. view.Tables.Where(table => Find(table.Name)!.RowPolicy is null).Select(table => new TableSchema(
                table.Name, [.. table.Columns.Where(column => !Find(table.Name)!.Masks.ContainsKey(column.Name))], table.PrimaryKey))],
        };
    }

    private HashSet<string> FindPolicyParameters()
    {
        var search = new ParameterSearch();
        foreach (var expression in _tables.Values.SelectMany(table => table.Masks.Values.Append(table.RowPolicy)))
        {
            if (expression is not null)
                search.Rewrite(expression);
        }

        return search.Names;
    }

    private string ComputeFingerprint()
    {
        // Control characters, so that no name can pretend to be two.
        var text = new StringBuilder();
        foreach (var (name, table) in _tables.OrderBy(pair => Fold(pair.Key), StringComparer.Ordinal))
        {
            text.Append(Fold(name)).Append('\u001f').AppendJoin('\u001f', table.Columns.Select(Fold).Order(StringComparer.Ordinal)).Append('\u001e').Append(table.RowPolicy);
            foreach (var (column, mask) in table.Masks.OrderBy(pair => Fold(pair.Key), StringComparer.Ordinal))
                text.Append('\u001e').Append(Fold(column)).Append('\u001f').Append(mask);
            text.Append('\u001d');
        }

        foreach (var (name, value) in Parameters.Where(pair => PolicyParameters.Contains(pair.Key)).OrderBy(pair => pair.Key, StringComparer.OrdinalIgnoreCase))
            text.Append(Fold(name)).Append('\u001f').Append(value).Append('\u001e');
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

#pragma warning disable CA1308 // A key for comparison only.
    private static string Fold(string name) => name.ToLowerInvariant();
#pragma warning restore CA1308
}
