using TaskServices.InvoiceOcr.Records;

namespace TaskServices.InvoiceOcr.Rules;

/// <summary>A record under check.</summary>
/// <param name="Record">The record.</param>
/// <param name="Today">The day of the check.</param>
internal sealed record RuleContext(InvoiceRecord Record, DateOnly Today)
{
    /// <summary>Gets whether the totals come from a page rather than from XML, whose amounts have to agree exactly.</summary>
    public bool IsScan { get; } = Record.TotalGross is not { Source: ValueSource.EmbeddedXml };

    public bool IsReceipt { get; } = Record.DocumentType?.Value == DocumentType.Receipt;

    /// <summary>Gets the rows that count: items.</summary>
    public IReadOnlyList<InvoiceLine> Items { get; } = [.. Record.Lines.Where(line => line.RowKind == RowKind.Item)];

    /// <summary>Returns a value's amount, or null where it is absent.</summary>
    public static decimal? AmountOf(FieldValue<Money>? value) => value?.Value.Amount;
}

/// <summary>A rule of the reference.</summary>
/// <param name="Id">A1 to A25.</param>
/// <param name="Title">What has to hold.</param>
/// <param name="Raises">The reason for review where it does not.</param>
/// <param name="Check">The check; not applicable where an operand is missing.</param>
internal sealed record InvoiceRule(string Id, string Title, ReviewReason Raises, Func<RuleContext, RuleResult> Check);
