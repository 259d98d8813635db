namespace TaskServices.InvoiceOcr.Records;

/// <summary>The tax of one category and rate (BG-23).</summary>
public sealed class TaxBreakdown
{
    /// <summary>Gets or sets the category of UNCL 5305.</summary>
    public FieldValue<string>? Category { get; set; }

    /// <summary>Gets or sets the rate in percent.</summary>
    public FieldValue<decimal>? Rate { get; set; }

    public FieldValue<Money>? Taxable { get; set; }

    public FieldValue<Money>? Tax { get; set; }

    public FieldValue<Money>? Gross { get; set; }

    public FieldValue<string>? ExemptionReason { get; set; }

    public FieldValue<string>? ExemptionReasonCode { get; set; }
}

/// <summary>One of several payments.</summary>
public sealed class Installment
{
    public FieldValue<Money>? Amount { get; set; }

    public FieldValue<DateOnly>? DueDate { get; set; }
}

/// <summary>Tax that the buyer keeps back, as the Spanish IRPF and the Italian ritenuta.</summary>
public sealed class Withholding
{
    public FieldValue<string>? Kind { get; set; }

    public FieldValue<decimal>? Rate { get; set; }

    public FieldValue<Money>? Amount { get; set; }
}

/// <summary>An Australian BPAY biller and reference.</summary>
public sealed class Bpay
{
    public FieldValue<string>? BillerCode { get; set; }

    public FieldValue<string>? Reference { get; set; }
}

/// <summary>An invoice that this one refers to (BG-3).</summary>
public sealed class PrecedingInvoice
{
    public FieldValue<string>? Number { get; set; }

    public FieldValue<DateOnly>? Date { get; set; }
}
