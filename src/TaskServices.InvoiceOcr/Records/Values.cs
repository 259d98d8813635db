namespace TaskServices.InvoiceOcr.Records;

/// <summary>An amount of money.</summary>
/// <param name="Amount">The amount, with the decimals that are printed.</param>
/// <param name="Currency">ISO 4217; null where the document does not say.</param>
public sealed record Money(decimal Amount, string? Currency = null);

/// <summary>A quantity with its unit.</summary>
/// <param name="Number">How many.</param>
/// <param name="Unit">UN/ECE Recommendation 20; null where the printed word is not known or there is none.</param>
/// <param name="RawUnit">The unit as printed.</param>
public sealed record Quantity(decimal Number, string? Unit = null, string? RawUnit = null);

/// <summary>A postal address; parts that are not printed are null.</summary>
public sealed record PostalAddress
{
    public string? Line1 { get; init; }

    public string? Line2 { get; init; }

    public string? Line3 { get; init; }

    public string? PostCode { get; init; }

    public string? City { get; init; }

    public string? Region { get; init; }

    /// <summary>Gets the country, ISO 3166-1 alpha-2.</summary>
    public string? Country { get; init; }
}

/// <summary>Payment terms with what could be read of them.</summary>
/// <param name="Text">The terms as printed.</param>
/// <param name="NetDays">Days from issue to due.</param>
/// <param name="DiscountPercent">Cash discount in percent.</param>
/// <param name="DiscountDays">Days from issue within which the discount holds.</param>
public sealed record PaymentTerms(string Text, int? NetDays = null, decimal? DiscountPercent = null, int? DiscountDays = null);
