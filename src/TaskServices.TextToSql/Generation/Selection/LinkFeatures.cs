using System.Text;
using TaskServices.TextToSql.Linking;
using TaskServices.TextToSql.Schema;

namespace TaskServices.TextToSql.Generation.Selection;

/// <summary>Measures how well the tables, columns and values of one question's candidates meet its words. Not thread safe.</summary>
internal sealed class LinkFeatures(RegisteredDatabase database, QuestionCues cues, IReadOnlyList<ValueMatch> matches)
{
    private const int MaxCount = 3, MinPart = 4;

    private readonly SchemaWords _words = database.Words;

    // Of the question alone, the same for all its candidates.
    private double? _unknownWords;

    public QuestionCues Cues => cues;

    /// <summary>Gets the share of the question's schema words that the query's names have; 1 where there are none.</summary>
    public double CoveredWords(QueryShape shape)
    {
        var known = cues.Stems.Where(_words.All.Contains).ToList();
        var used = shape.Tables.SelectMany(_words.OfTable).Concat(shape.Columns.SelectMany(column => _words.OfColumn(column.Table, column.Column))).ToHashSet();
        return known.Count == 0 ? 1 : (double)known.Count(used.Contains) / known.Count;
    }

    /// <summary>Gets the words of the question that nothing in the schema or in its values explains: what they mean may not be there.</summary>
    public double UnknownWords => _unknownWords ??= CountUnknownWords();

    /// <summary>Gets the columns of the query none of whose words the question has.</summary>
    public double UnnamedColumns(QueryShape shape) => Clip(shape.Columns.Count(column =>
        !_words.OfColumn(column.Table, column.Column).Any(cues.Stems.Contains)));

    /// <summary>Gets the share of the query's columns all of whose words the question has.</summary>
    public double FullyNamedColumns(QueryShape shape) => shape.Columns.Count == 0 ? 0 : (double)shape.Columns.Count(column =>
        _words.OfColumn(column.Table, column.Column) is { Count: > 0 } stems && stems.All(cues.Stems.Contains)) / shape.Columns.Count;

    /// <summary>Gets the column names that the question has in full and the query does not use.</summary>
    public double MissingColumns(QueryShape shape)
    {
        var used = shape.Columns.Select(column => string.Join(' ', _words.OfColumn(column.Table, column.Column))).ToHashSet();
        return Clip(database.Schema.Tables
            .SelectMany(table => table.Columns.Select(column => _words.OfColumn(table.Name, column.Name)))
            .Where(stems => stems.Count > 0 && stems.All(cues.Stems.Contains))
            .Select(stems => string.Join(' ', stems)).Distinct().Count(name => !used.Contains(name)));
    }

    /// <summary>Gets the tables that the question names in full and the query does not use.</summary>
    public double MissingTables(QueryShape shape) => Clip(database.Schema.Tables.Count(table =>
        !shape.Tables.Contains(table.Name) && IsNamed(table)));

    /// <summary>Gets the tables of the query that the question does not name.</summary>
    public double UnnamedTables(QueryShape shape) => Clip(shape.Tables.Count(name => !_words.OfTable(name).Any(cues.Stems.Contains)));

    /// <summary>Gets the stored values in the question that no text of the query is.</summary>
    public double UnusedValues(QueryShape shape) => Clip(matches.Count(match => match.Values.Count > 0 && !match.Values.Any(value =>
        shape.Texts.Exists(text => text.Text.Equals(value.Text, StringComparison.OrdinalIgnoreCase)))));

    /// <summary>Gets the stored values in the question that the query compares with a column that stores them.</summary>
    public double UsedValues(QueryShape shape) => Clip(matches.Count(match => match.Values.Any(value =>
        shape.Texts.Exists(text => text.Text.Equals(value.Text, StringComparison.Ordinal) && Is(text.Column, value)))));

    /// <summary>Gets the texts of the query that their column does not store, where all its values are known.</summary>
    public double UnstoredTexts(QueryShape shape) => !database.Values.IsComplete || database.Values.Count == 0 ? 0 : Clip(shape.Texts.Count(text =>
        !text.IsPattern && text.Column is not null && !database.Values.Find(text.Text).Any(value => Is(text.Column, value))));

    /// <summary>Gets the texts of the query that the question does not have.</summary>
    public double InventedTexts(QueryShape shape) => Clip(shape.Texts.Count(text =>
        !cues.Question.Contains(text.Text.Trim('%'), StringComparison.OrdinalIgnoreCase)));

    /// <summary>Gets the numbers of the question that the query lacks.</summary>
    public double UnusedNumbers(QueryShape shape) => Clip(cues.Numbers.Count(number =>
        !shape.Numbers.Exists(pair => pair.Number == number) && !shape.Texts.Exists(text => text.Text.Contains(number, StringComparison.Ordinal))));

    /// <summary>Gets the numbers of the query that the question lacks.</summary>
    public double InventedNumbers(QueryShape shape) => Clip(shape.Numbers.Count(pair =>
        !cues.Numbers.Contains(pair.Number) && !cues.SpelledNumbers.Contains(pair.Number)));

    /// <summary>Gets the comparisons of a text with a number column or of a number with a text column.</summary>
    public double MistypedLiterals(QueryShape shape) => Clip(
        shape.Texts.Count(text => !text.IsPattern && TypeOf(text.Column) is ColumnType.Number)
        + shape.Numbers.Count(pair => TypeOf(pair.Column) is ColumnType.Text));

    private double CountUnknownWords() => Clip(Words.ContentStems(UnexplainedText()).Distinct().Count(stem =>
        !QuestionCues.IsOperation(stem) && !char.IsAsciiDigit(stem[0]) && !IsKnown(stem) && !Synonyms.Of(stem).Any(IsKnown)));

    /// <summary>Gets the question without stored values, quoted texts and proper names, which no schema has to know.</summary>
    private string UnexplainedText()
    {
        var text = new StringBuilder(cues.Question);
        foreach (var match in matches)
        {
            for (var i = match.Start; i < match.Start + match.Length; i++)
                text[i] = ' ';
        }

        return QuestionCues.WithoutNames(text.ToString());
    }

    private bool IsKnown(string stem) => _words.All.Contains(stem)
        || (stem.Length >= MinPart && _words.All.Any(known => known.Contains(stem, StringComparison.Ordinal) || (known.Length >= MinPart && stem.StartsWith(known, StringComparison.Ordinal))));

    private bool IsNamed(TableSchema table) => _words.OfTable(table.Name) is { Count: > 0 } stems && stems.All(cues.Stems.Contains);

    private ColumnType? TypeOf(Sql.Ast.ColumnReference? column) =>
        column?.Table is { } table ? database.Schema.FindTable(table)?.FindColumn(column.Name)?.Type : null;

    private static bool Is(Sql.Ast.ColumnReference? column, StoredValue value) =>
        column is not null && column.Name.Equals(value.Column, StringComparison.OrdinalIgnoreCase)
        && (column.Table is null || column.Table.Equals(value.Table, StringComparison.OrdinalIgnoreCase) || column.Table is ['t', >= '0' and <= '9']);

    private static double Clip(int count) => Math.Min(count, MaxCount);
}
