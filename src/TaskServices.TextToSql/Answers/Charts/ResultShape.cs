using System.Globalization;
using System.Text.RegularExpressions;

namespace TaskServices.TextToSql.Answers.Charts;

/// <summary>What a chart has to know of a result's rows, gathered while they stream by. Not thread safe.</summary>
/// <param name="columns">Names of the result's columns, in order.</param>
public sealed class ResultShape(IReadOnlyList<string> columns)
{
    /// <summary>Different values counted in a column; beyond this there are "many".</summary>
    internal const int MaxDistinct = 100;

    private readonly ColumnShape[] _columns = [.. columns.Select((name, index) => new ColumnShape(name, index))];

    public long RowCount { get; private set; }

    internal IReadOnlyList<ColumnShape> Columns => _columns;

    public void Add(object?[] row)
    {
        ArgumentNullException.ThrowIfNull(row);
        RowCount++;
        for (var i = 0; i < _columns.Length && i < row.Length; i++)
            _columns[i].Add(row[i]);
    }
}

/// <summary>One column of a result.</summary>
internal sealed partial class ColumnShape(string name, int index)
{
    private readonly HashSet<object> _distinct = [];
    private bool _isNumber = true;
    private bool _isTime = true;
    private bool _isScalar = true;
    private bool _isYear = true;

    public string Name { get; } = name;

    public int Index { get; } = index;

    public long ValueCount { get; private set; }

    public bool HasNegative { get; private set; }

    /// <summary>Gets how many different values there are, up to <see cref="ResultShape.MaxDistinct"/> + 1.</summary>
    public int DistinctCount => _distinct.Count;

    public FieldType Type => ValueCount == 0 || !_isScalar ? FieldType.None
        : _isTime || (_isNumber && _isYear && IsYearName) ? FieldType.Temporal
        : _isNumber && !IsKeyName ? FieldType.Quantitative
        : FieldType.Nominal;

    private bool IsYearName => YearName().IsMatch(Name);

    // Numbers that name things are not amounts.
    private bool IsKeyName => KeyName().IsMatch(Name);

    public void Add(object? cell)
    {
        if (cell is null)
            return;
        ValueCount++;
        if (_distinct.Count <= ResultShape.MaxDistinct)
            _distinct.Add(cell);
        _isScalar &= cell is not byte[];
        switch (cell)
        {
            case long or double or decimal:
                var number = Convert.ToDouble(cell, CultureInfo.InvariantCulture);
                HasNegative |= number < 0;
                _isYear &= number is >= 1000 and <= 2999 && Math.Truncate(number) == number;
                _isTime = false;
                break;
            case DateTime or DateOnly:
                _isNumber = false;
                break;
            case string text:
                _isNumber = false;
                _isTime &= DateText().IsMatch(text);
                break;
            default:
                _isNumber = _isTime = false;
                break;
        }
    }

    [GeneratedRegex(@"^\d{4}-\d{2}(-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?)?)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex DateText();

    [GeneratedRegex(@"(^|[^a-z])year([^a-z]|\z)|[a-z]Year\z", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex YearName();

    [GeneratedRegex(@"^id\z|_(id|key|code|no|nr)\z|[a-z](Id|ID|Key|Code)\z|^(zip|postal|phone)", RegexOptions.CultureInvariant)]
    private static partial Regex KeyName();
}
