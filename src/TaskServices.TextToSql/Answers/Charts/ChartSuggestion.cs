using TaskServices.TextToSql.Sql.Ast;
using TaskServices.TextToSql.Sql.Functions;

namespace TaskServices.TextToSql.Answers.Charts;

/// <summary>How a result is best shown: a few names to read a drawing from, never code.</summary>
/// <param name="Kind">The mark.</param>
/// <param name="Why">One sentence for a person.</param>
public sealed record ChartSuggestion(ChartKind Kind, string Why)
{
    private const int MaxBars = 50;
    private const int MaxSlices = 6;
    private const int MaxSeries = 10;
    private const int FewestPoints = 3;

    /// <summary>Gets the column along the horizontal axis, or of the names of bars and slices.</summary>
    public ChartField? X { get; init; }

    /// <summary>Gets the column of the amounts.</summary>
    public ChartField? Y { get; init; }

    /// <summary>Gets the column that splits the amounts into lines or groups of bars.</summary>
    public ChartField? Series { get; init; }

    /// <summary>Chooses by fixed rules: the same result and query always give the same suggestion.</summary>
    /// <param name="shape">The rows, all of them read.</param>
    /// <param name="query">The query that gave them; null where it is not known.</param>
    public static ChartSuggestion Choose(ResultShape shape, Query? query)
    {
        ArgumentNullException.ThrowIfNull(shape);
        if (shape.RowCount == 0)
            return new(ChartKind.Table, "There are no rows.");
        var columns = shape.Columns;
        var amounts = columns.Where(column => column.Type is FieldType.Quantitative).ToList();
        var times = columns.Where(column => column.Type is FieldType.Temporal).ToList();
        var names = columns.Where(column => column.Type is FieldType.Nominal).ToList();
        if (shape.RowCount == 1)
        {
            return columns.Count == 1 && amounts.Count == 1
                ? new(ChartKind.Number, "The answer is one number.") { Y = Field(amounts[0]) }
                : new(ChartKind.Table, "One row is read best as it is.");
        }

        if (amounts.Count == 0)
            return new(ChartKind.Table, "No column is an amount.");
        if (times.Count == 1 && names.Count <= 1 && times[0].DistinctCount > 1)
            return OverTime(times[0], amounts[0], names.FirstOrDefault(), shape);
        if (names.Count is 1 or 2 && times.Count == 0)
            return ByName(names, amounts[0], shape, query);
        if (names.Count == 0 && times.Count == 0 && amounts.Count >= 2 && shape.RowCount >= FewestPoints)
        {
            return new(ChartKind.Scatter, $"Two amounts for each of {shape.RowCount:N0} rows show whether they go together.")
            {
                X = Field(amounts[0]),
                Y = Field(amounts[1]),
            };
        }

        return new(ChartKind.Table, "The columns do not make a simple chart.");
    }

    private static ChartSuggestion OverTime(ColumnShape time, ColumnShape amount, ColumnShape? name, ResultShape shape)
    {
        if (name is null)
        {
            return time.DistinctCount < Math.Min(shape.RowCount, ResultShape.MaxDistinct)
                ? new(ChartKind.Table, "A point in time has several amounts.")
                : new(ChartKind.Line, "An amount at points in time.") { X = Field(time), Y = Field(amount) };
        }

        return name.DistinctCount <= MaxSeries && name.DistinctCount < shape.RowCount
            ? new(ChartKind.Line, $"An amount at points in time, for each of {name.DistinctCount} names.") { X = Field(time), Y = Field(amount), Series = Field(name) }
            : new(ChartKind.Table, "There are too many names for lines of their own.");
    }

    private static ChartSuggestion ByName(List<ColumnShape> names, ColumnShape amount, ResultShape shape, Query? query)
    {
        if (names.Count == 2)
        {
            var (x, series) = names[1].DistinctCount <= names[0].DistinctCount ? (names[0], names[1]) : (names[1], names[0]);
            return series.DistinctCount is > 1 and <= MaxSeries && x.DistinctCount <= MaxBars && x.DistinctCount < shape.RowCount
                ? new(ChartKind.Bar, "An amount for each pair of names.") { X = Field(x), Y = Field(amount), Series = Field(series) }
                : new(ChartKind.Table, "There are too many pairs of names for bars.");
        }

        var name = names[0];
        if (name.DistinctCount < shape.RowCount && name.DistinctCount <= ResultShape.MaxDistinct)
            return new(ChartKind.Table, "A name has several amounts.");
        if (shape.RowCount > MaxBars)
            return new(ChartKind.Table, $"{shape.RowCount:N0} bars are too many to read.");
        return shape.RowCount <= MaxSlices && !amount.HasNegative && ArePartsOfAWhole(query)
            ? new(ChartKind.Pie, "A few parts that make up a whole.") { X = Field(name), Y = Field(amount) }
            : new(ChartKind.Bar, "An amount for each name.") { X = Field(name), Y = Field(amount) };
    }

    /// <summary>Counts or sums of all groups add up to something; averages, or the first few of many, do not.</summary>
    private static bool ArePartsOfAWhole(Query? query) =>
        query is { Limit: null, Skip: null, Body: SelectBody { Having: null, Qualify: null, GroupBy.Count: 1 } body }
        && body.Items.OfType<ExpressionItem>().Select(item => item.Expression).OfType<FunctionCall>().Where(call => SqlFunctions.IsAggregate(call.Name)).ToList()
            is [{ Name: "count" or "sum", Distinct: false }];

    private static ChartField Field(ColumnShape column) => new(column.Name, column.Index, column.Type);
}

/// <summary>The mark of a chart.</summary>
public enum ChartKind
{
    Table,
    Number,
    Bar,
    Line,
    Pie,
    Scatter,
}

/// <summary>A column of the result on a chart.</summary>
/// <param name="Index">From 0; names need not be unique.</param>
public sealed record ChartField(string Name, int Index, FieldType Type);

/// <summary>What kind of values a column has, for a chart.</summary>
public enum FieldType
{
    /// <summary>No values, or none that a chart can show.</summary>
    None,

    /// <summary>Amounts.</summary>
    Quantitative,

    /// <summary>Points in time.</summary>
    Temporal,

    /// <summary>Names.</summary>
    Nominal,
}
