using TaskServices.TextToSql.Guard;
using TaskServices.TextToSql.Schema;

namespace TaskServices.Cli;

/// <summary>Reads <c>users(id,name),orders</c>: tables with their readable columns, a table alone with all of them.</summary>
internal static class GrantList
{
    /// <exception cref="CliException">The text has another form, or names what the schema lacks.</exception>
    public static AccessGrant Parse(string text, DatabaseSchema schema)
    {
        var columnsByTable = new Dictionary<string, IReadOnlyCollection<string>>(StringComparer.OrdinalIgnoreCase);
        for (var rest = text.Trim(); rest.Length > 0;)
        {
            var end = rest.IndexOfAny([',', '(']);
            var name = (end < 0 ? rest : rest[..end]).Trim();
            var table = schema.FindTable(name) ?? throw CliException.Usage($"--allow names the table '{name}', which the schema lacks.");
            IReadOnlyCollection<string> columns = [.. table.Columns.Select(column => column.Name)];
            rest = end < 0 ? "" : rest[end..];
            if (rest.StartsWith('('))
            {
                var close = rest.IndexOf(')', StringComparison.Ordinal);
                columns = close < 0
                    ? throw CliException.Usage($"--allow has no ')' after the columns of '{name}'.")
                    : [.. rest[1..close].Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];
                rest = rest[(close + 1)..].TrimStart();
            }

            if (columns.FirstOrDefault(column => table.FindColumn(column) is null) is { } unknown)
            {
                throw CliException.Usage($"--allow names the column '{name}.{unknown}', which the schema lacks.");
            }

            if (!columnsByTable.TryAdd(name, columns) || rest.Length > 0 && rest[0] is not ',')
            {
                throw CliException.Usage($"--allow must be tables with columns, for example \"users(id,name),orders\", each table once; see near '{name}'.");
            }

            rest = rest.TrimStart(',').Trim();
        }

        return new AccessGrant(columnsByTable);
    }
}
