using TaskServices.InvoiceOcr.Normalization.Amounts;
using TaskServices.InvoiceOcr.Normalization.Dates;
using TaskServices.InvoiceOcr.Reading;

namespace TaskServices.InvoiceOcr.Extraction;

/// <summary>A date as found in a segment.</summary>
internal sealed record DateHit(Segment Segment, DateReading Reading);

/// <summary>A document's rows with all that is recognised in them: amounts, dates, labels, language, country, notation.</summary>
internal sealed class DocumentView
{
    public DocumentView(Document document)
    {
        Rows = [.. document.Pages.SelectMany(page => Row.Of(Segment.Of(page)))];
        Segments = [.. Rows.SelectMany(row => row.Segments)];
        RowOf = Rows.SelectMany((row, index) => row.Segments.Select(segment => (segment, index))).ToDictionary(pair => pair.segment, pair => pair.index);
        Labels = Segments.ToDictionary<Segment, Segment, IReadOnlyList<LabelHit>>(segment => segment, segment => LabelFinder.Find(segment.Text));
        Dates = [.. Segments.SelectMany(segment => DateText.Find(segment.Text).Select(reading => new DateHit(segment, reading)))];
        Amounts = [.. Segments.SelectMany(AmountFinder.Find).Where(amount => !Dates.Any(date => Touches(date, amount)))];
        Language = LanguageEvidence.LanguageOf(Segments);
        Country = LanguageEvidence.CountryOf(Segments);
        Notation = NotationVote.Decide(Amounts.Select(amount => amount.Reading), usual: NotationVote.Usual(Country, Language));
    }

    public IReadOnlyList<Row> Rows { get; }

    public IReadOnlyList<Segment> Segments { get; }

    public IReadOnlyDictionary<Segment, int> RowOf { get; }

    public IReadOnlyDictionary<Segment, IReadOnlyList<LabelHit>> Labels { get; }

    public IReadOnlyList<DateHit> Dates { get; }

    public IReadOnlyList<AmountHit> Amounts { get; }

    /// <summary>Gets the language, BCP-47, or null where nothing says.</summary>
    public string? Language { get; }

    /// <summary>Gets the seller's likely country, ISO 3166-1, or null where nothing says.</summary>
    public string? Country { get; }

    public NotationVote Notation { get; }

    /// <summary>Returns an amount's value in the document's notation.</summary>
    public decimal ValueOf(AmountHit amount) => amount.Reading.ValueWith(Notation.Mark);

    /// <summary>Returns the row at an index of <see cref="Rows"/> plus a distance, on the same page; null where there is none.</summary>
    public Row? Near(int row, int distance) =>
        row + distance >= 0 && row + distance < Rows.Count && Rows[row + distance].Segments[0].Page == Rows[row].Segments[0].Page ? Rows[row + distance] : null;

    private static bool Touches(DateHit date, AmountHit amount) => ReferenceEquals(date.Segment, amount.Segment)
        && date.Reading.Offset < amount.Offset + amount.Length && amount.Offset < date.Reading.Offset + date.Reading.Length;
}
