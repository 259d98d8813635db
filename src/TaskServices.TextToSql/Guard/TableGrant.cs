using TaskServices.TextToSql.Sql.Ast;

namespace TaskServices.TextToSql.Guard;

/// <summary>What a caller may read of one table.</summary>
/// <param name="Columns">Columns that may be read. Names are compared without case.</param>
public sealed record TableGrant(IReadOnlyCollection<string> Columns)
{
    /// <summary>Gets the condition that rows must meet, bound against the table: its columns are written <c>table.column</c>. Null for all rows.</summary>
    public Expression? RowPolicy { get; init; }

    /// <summary>Gets what is read in place of a column's value, bound like <see cref="RowPolicy"/>, by the column's name.</summary>
    public IReadOnlyDictionary<string, Expression> Masks { get; init; } = new Dictionary<string, Expression>();

    /// <summary>Gets whether the table itself may not stand in the statement, only a filtered or masked view of it.</summary>
    internal bool NeedsView => RowPolicy is not null || Masks.Count > 0;
}
