namespace TaskServices.InvoiceOcr.Normalization.Amounts;

/// <summary>Which sign stands before the decimals.</summary>
public enum DecimalMark
{
    /// <summary>Nothing says.</summary>
    Unknown,

    /// <summary>A dot, as in 1,234.56 and 1'234.56.</summary>
    Dot,

    /// <summary>A comma, as in 1.234,56 and 1 234,56.</summary>
    Comma,
}
