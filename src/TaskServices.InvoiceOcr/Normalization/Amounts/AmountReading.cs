namespace TaskServices.InvoiceOcr.Normalization.Amounts;

/// <summary>What a printed amount says, on its own.</summary>
public readonly record struct AmountReading
{
    /// <summary>Gets the value; of two readings (<c>1.234</c>) the grouped one, since money seldom has three decimals.</summary>
    public decimal Value { get; init; }

    /// <summary>Gets the other reading, as decimals, where one separator with three digits after it stands alone; else null.</summary>
    public decimal? AsDecimals { get; init; }

    /// <summary>Gets the decimal mark that the text proves. Of an ambiguous text: the mark of <see cref="AsDecimals"/>.</summary>
    public DecimalMark Mark { get; init; }

    /// <summary>Gets how many decimals are printed; 0 for an ambiguous text.</summary>
    public int DecimalCount { get; init; }

    /// <summary>Gets the currency's sign or code as printed; empty where there is none.</summary>
    public string CurrencyText { get; init; }

    /// <summary>Gets whether a separator is out of place, as in <c>1.234.56</c>: read, and never to be trusted without arithmetic.</summary>
    public bool IsIrregular { get; init; }

    /// <summary>Gets whether the text alone has two readings.</summary>
    public bool IsAmbiguous => AsDecimals is not null;

    /// <summary>Returns the value under a document's decimal mark; the first reading where the mark is unknown.</summary>
    public decimal ValueWith(DecimalMark documentMark) =>
        AsDecimals is { } decimals && documentMark == Mark ? decimals : Value;
}
