using TaskServices.TextToSql.Schema;
using TaskServices.TextToSql.Sql;
using TaskServices.TextToSql.Sql.Ast;
using TaskServices.TextToSql.Sql.Parsing;

namespace TaskServices.TextToSql.Compact;

/// <summary>The form of SQL that the model writes: lower case, <c>table.column</c>, and no FROM where the columns say it.</summary>
/// <remarks>Stateless and safe from several threads.</remarks>
public static class CompactSql
{
    /// <summary>Reads what a model wrote and derives its tables and joins.</summary>
    /// <returns>A whole query in the schema's spelling, ready for the guard, and what had to be repaired on the way.</returns>
    /// <exception cref="SqlSyntaxException">
    /// Names the position. Reasons: those of <see cref="SqlParser"/>; <c>UNKNOWN_TABLE</c>, <c>UNKNOWN_COLUMN</c> (with the nearest known name),
    /// <c>NO_TABLE</c> (a SELECT from which no table follows), <c>NO_JOIN_PATH</c>, <c>AMBIGUOUS_JOIN</c> (several keys between two tables, all named).
    /// </exception>
    public static CompactExpansion Expand(string text, DatabaseSchema schema)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(schema);
        return Expand(SqlParser.Parse(text, SqlDialect.Sqlite), text, schema);
    }

    /// <inheritdoc cref="Expand(string, DatabaseSchema)"/>
    /// <param name="query">What <paramref name="text"/> reads as, perhaps put right.</param>
    internal static CompactExpansion Expand(Query query, string text, DatabaseSchema schema)
    {
        var expander = new CompactExpander(text, new JoinGraph(schema));
        return new(expander.Expand(query), expander.Repairs);
    }

    /// <summary>Writes a query in the compact form; <see cref="Expand(string, DatabaseSchema)"/> gives an equivalent query back.</summary>
    /// <param name="query">A query that fits the schema.</param>
    /// <exception cref="TextToSqlException">
    /// Reason <c>UNKNOWN_TABLE</c> or <c>UNKNOWN_COLUMN</c>: the query does not fit the schema; <c>NOT_COMPACT</c>: the form has no way to say it.
    /// </exception>
    public static string Encode(Query query, DatabaseSchema schema)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(schema);
        return CompactPrinter.Print(new CompactEncoder(new JoinGraph(schema)).Encode(query));
    }
}

/// <summary>A compact query written in full.</summary>
/// <param name="Repairs">What was not as the schema has it and was put right, one line each, in the order of the text.</param>
public sealed record CompactExpansion(Query Query, IReadOnlyList<string> Repairs);
