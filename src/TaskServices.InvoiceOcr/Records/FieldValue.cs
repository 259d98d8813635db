using System.Text.Json.Serialization;
using TaskServices.InvoiceOcr.Normalization.Identifiers;

namespace TaskServices.InvoiceOcr.Records;

/// <summary>What is known of a value besides the value. Rule ids and review reasons grow while rules run; not thread-safe.</summary>
public abstract class FieldValue
{
    /// <summary>Gets or sets the text as printed or as read; null where there is none, as for derived values.</summary>
    [JsonPropertyOrder(1)]
    public string? RawText { get; set; }

    /// <summary>Gets or sets where the value comes from.</summary>
    [JsonPropertyOrder(2)]
    public ValueSource Source { get; set; }

    /// <summary>Gets or sets the probability that the value is right, 0 to 1.</summary>
    [JsonPropertyOrder(3)]
    public double Confidence { get; set; }

    /// <summary>Gets or sets the least probability that the reader gives one of the value's characters, 0 to 1; null where it does not say.</summary>
    [JsonPropertyOrder(4)]
    public double? OcrConfidenceMin { get; set; }

    /// <summary>Gets or sets the extraction's part of the confidence, 0 to 1; null where there is none.</summary>
    [JsonPropertyOrder(5)]
    public double? ModelConfidence { get; set; }

    /// <summary>Gets or sets whether the printed text has several readings and nothing settles which: never accepted without a person.</summary>
    [JsonPropertyOrder(6)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Ambiguous { get; set; }

    /// <summary>Gets or sets the label beside the value, as read.</summary>
    [JsonPropertyOrder(8)]
    public string? LabelText { get; set; }

    /// <summary>Gets or sets where the label stands.</summary>
    [JsonPropertyOrder(9)]
    public Region? LabelRegion { get; set; }

    /// <summary>Gets or sets what the check of an identifier found; null for other values.</summary>
    [JsonPropertyOrder(10)]
    public ChecksumStatus? Checksum { get; set; }

    /// <summary>Gets where on the page the value stands.</summary>
    [JsonPropertyOrder(11)]
    public IList<Region> Regions { get; set; } = [];

    /// <summary>Gets where in the page's text the value stands; one for each region.</summary>
    [JsonPropertyOrder(12)]
    public IList<TextSpan> Spans { get; set; } = [];

    /// <summary>Gets what was changed between the raw text and the value, beyond notation.</summary>
    [JsonPropertyOrder(13)]
    public IList<Edit> Edits { get; set; } = [];

    /// <summary>Gets what speaks for this reading, for example <c>label</c>, <c>other dates</c>, <c>A6</c>.</summary>
    [JsonPropertyOrder(14)]
    public IList<string> Evidence { get; set; } = [];

    /// <summary>Gets the rules that the value took part in.</summary>
    [JsonPropertyOrder(15)]
    public IList<string> RuleIds { get; set; } = [];

    /// <summary>Gets why a person should look at this value; empty for no reason.</summary>
    [JsonPropertyOrder(16)]
    public IList<ReviewReason> ReviewReasons { get; set; } = [];
}

/// <summary>A value of a record with all that is known of it.</summary>
public sealed class FieldValue<T> : FieldValue
{
    /// <summary>Gets or sets the value in canonical form.</summary>
    [JsonPropertyOrder(0)]
    public required T Value { get; set; }

    /// <summary>Gets the other readings of the printed text, likeliest first.</summary>
    [JsonPropertyOrder(7)]
    public IList<T> Alternatives { get; set; } = [];
}

/// <summary>A place on a page of the document as it came.</summary>
/// <param name="Page">The page, from 1.</param>
/// <param name="Polygon">The corners clockwise from the text's upper left one, as [x, y] in pixels of the page.</param>
/// <param name="PageWidth">The page's width, pixels.</param>
/// <param name="PageHeight">The page's height, pixels.</param>
/// <param name="Dpi">The page's resolution; 0 where it is not known.</param>
public sealed record Region(int Page, IReadOnlyList<double[]> Polygon, int PageWidth, int PageHeight, int Dpi = 0);

/// <summary>A place in the text of the page that the region at the same index names.</summary>
/// <param name="Offset">The start, UTF-16 units.</param>
/// <param name="Length">The length, UTF-16 units.</param>
public sealed record TextSpan(int Offset, int Length);

/// <summary>A change between the text as read and the value.</summary>
/// <param name="From">The text before.</param>
/// <param name="To">The text after.</param>
/// <param name="Reason">Why, for example <c>SPACING</c>.</param>
/// <param name="Evidence">What speaks for it, for example <c>second_reader</c>.</param>
public sealed record Edit(string From, string To, string Reason, IReadOnlyList<string>? Evidence = null);
