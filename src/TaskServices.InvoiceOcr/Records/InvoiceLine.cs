using System.Text.Json.Serialization;

namespace TaskServices.InvoiceOcr.Records;

/// <summary>A row of the table of lines (BG-25).</summary>
public sealed class InvoiceLine
{
    public RowKind RowKind { get; set; }

    public FieldValue<string>? LineNo { get; set; }

    public FieldValue<string>? Name { get; set; }

    /// <summary>Gets or sets the description; wrapped lines are joined with line feeds.</summary>
    public FieldValue<string>? Description { get; set; }

    public FieldValue<string>? ProductCode { get; set; }

    /// <summary>Gets or sets whose code <see cref="ProductCode"/> is: SELLER, BUYER or GTIN.</summary>
    public string? ProductCodeScheme { get; set; }

    public FieldValue<Quantity>? Quantity { get; set; }

    public FieldValue<Money>? UnitPriceNet { get; set; }

    public FieldValue<Money>? UnitPriceGrossOfTax { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public PriceBasis PriceBasis { get; set; }

    public FieldValue<Money>? ListPrice { get; set; }

    public FieldValue<Money>? PriceDiscount { get; set; }

    /// <summary>Gets or sets for how many units the price holds, for example 100; absent for one.</summary>
    public FieldValue<decimal>? PriceBaseQuantity { get; set; }

    public IList<AllowanceCharge> Allowances { get; set; } = [];

    public IList<AllowanceCharge> Charges { get; set; } = [];

    public FieldValue<Money>? AmountNet { get; set; }

    public FieldValue<Money>? AmountGross { get; set; }

    /// <summary>Gets or sets the tax rate in percent.</summary>
    public FieldValue<decimal>? TaxRate { get; set; }

    /// <summary>Gets or sets the category of UNCL 5305: S, Z, E, AE, K, G, O, L or M.</summary>
    public FieldValue<string>? TaxCategory { get; set; }

    public FieldValue<Money>? TaxAmount { get; set; }

    /// <summary>Gets or sets a printed tax letter (Y, N, A, B), which is never an amount.</summary>
    public FieldValue<string>? TaxCodeRaw { get; set; }

    public FieldValue<DateOnly>? Date { get; set; }

    public FieldValue<DateOnly>? PeriodStart { get; set; }

    public FieldValue<DateOnly>? PeriodEnd { get; set; }

    public FieldValue<string>? OrderRef { get; set; }

    public FieldValue<string>? OrderLineRef { get; set; }

    public FieldValue<string>? Note { get; set; }

    public FieldValue<string>? Person { get; set; }

    public FieldValue<string>? Currency { get; set; }
}

/// <summary>An allowance or a charge on a line or the document (BG-20, BG-21, BG-27, BG-28).</summary>
public sealed class AllowanceCharge
{
    public FieldValue<Money>? Amount { get; set; }

    public FieldValue<Money>? Base { get; set; }

    public FieldValue<decimal>? Percent { get; set; }

    public FieldValue<string>? Reason { get; set; }

    public FieldValue<decimal>? TaxRate { get; set; }

    public FieldValue<string>? TaxCategory { get; set; }
}
