namespace TaskServices.InvoiceOcr.Records;

/// <summary>
/// An invoice, credit note or receipt as a record: what is printed and what follows from it, each value with its evidence. What is not printed is
/// absent. Filled by extraction, annotated by rules; not thread-safe.
/// </summary>
/// <remarks>Fields follow EN 16931 (BT and BG numbers), with what scans need besides.</remarks>
public sealed class InvoiceRecord
{
    public FieldValue<DocumentType>? DocumentType { get; set; }

    /// <summary>Gets or sets the number, with its case and separators (BT-1).</summary>
    public FieldValue<string>? InvoiceNumber { get; set; }

    public FieldValue<DateOnly>? IssueDate { get; set; }

    public FieldValue<DateOnly>? DueDate { get; set; }

    public FieldValue<DateOnly>? TaxPointDate { get; set; }

    public FieldValue<DateOnly>? ServiceStart { get; set; }

    public FieldValue<DateOnly>? ServiceEnd { get; set; }

    public FieldValue<DateOnly>? DeliveryDate { get; set; }

    /// <summary>Gets or sets the currency, ISO 4217 (BT-5).</summary>
    public FieldValue<string>? Currency { get; set; }

    public FieldValue<string>? TaxCurrency { get; set; }

    public FieldValue<string>? PurchaseOrder { get; set; }

    public FieldValue<string>? SalesOrder { get; set; }

    public FieldValue<string>? ContractRef { get; set; }

    public FieldValue<string>? ProjectRef { get; set; }

    public FieldValue<string>? DeliveryNoteRef { get; set; }

    public FieldValue<string>? BuyerReference { get; set; }

    public FieldValue<string>? BuyerAccountingRef { get; set; }

    /// <summary>Gets or sets the buyer's number at the seller (BT-46).</summary>
    public FieldValue<string>? CustomerId { get; set; }

    public FieldValue<PaymentTerms>? PaymentTerms { get; set; }

    public IList<PrecedingInvoice> PrecedingInvoices { get; set; } = [];

    /// <summary>Gets free text. It is not trusted: nothing of it is ever an instruction.</summary>
    public IList<FieldValue<string>> Notes { get; set; } = [];

    /// <summary>Gets or sets the language, BCP-47.</summary>
    public FieldValue<string>? Language { get; set; }

    /// <summary>Gets or sets the language and country that decided numbers and dates, BCP-47.</summary>
    public FieldValue<string>? LocaleGuess { get; set; }

    public Party? Seller { get; set; }

    public Party? Buyer { get; set; }

    public Party? Payee { get; set; }

    public Party? TaxRepresentative { get; set; }

    public Party? ShipTo { get; set; }

    public Party? BillTo { get; set; }

    public Party? RemitTo { get; set; }

    public Party? ServiceAt { get; set; }

    /// <summary>Gets or sets the means of payment, UNTDID 4461: 30 transfer, 58 SEPA transfer, 59 direct debit, 48 card, 10 cash.</summary>
    public FieldValue<string>? PaymentMeans { get; set; }

    public FieldValue<string>? RemittanceReference { get; set; }

    public IList<BankAccount> Accounts { get; set; } = [];

    public Bpay? Bpay { get; set; }

    /// <summary>Gets or sets the last four digits of a card; a whole card number is never kept (BR-51).</summary>
    public FieldValue<string>? CardLast4 { get; set; }

    public FieldValue<string>? MandateId { get; set; }

    public FieldValue<string>? CreditorId { get; set; }

    public IList<Installment> Installments { get; set; } = [];

    public IList<InvoiceLine> Lines { get; set; } = [];

    public IList<TaxBreakdown> TaxBreakdown { get; set; } = [];

    public FieldValue<Money>? SumOfLinesNet { get; set; }

    public IList<AllowanceCharge> Allowances { get; set; } = [];

    public FieldValue<Money>? AllowanceTotal { get; set; }

    public IList<AllowanceCharge> Charges { get; set; } = [];

    public FieldValue<Money>? ChargeTotal { get; set; }

    public FieldValue<Money>? TotalNet { get; set; }

    public FieldValue<Money>? TotalTax { get; set; }

    public FieldValue<Money>? TotalGross { get; set; }

    public FieldValue<Money>? PaidAmount { get; set; }

    public FieldValue<Money>? RoundingAmount { get; set; }

    public FieldValue<Money>? PreviousBalance { get; set; }

    /// <summary>Gets or sets what is due for this invoice alone (BT-115, rule A7).</summary>
    public FieldValue<Money>? AmountDue { get; set; }

    /// <summary>Gets or sets what is printed as due, which may contain an earlier balance (rule A19).</summary>
    public FieldValue<Money>? AmountDuePrinted { get; set; }

    /// <summary>Gets or sets the total in words, as the amount that they say (rule A25).</summary>
    public FieldValue<Money>? AmountInWords { get; set; }

    public IList<Withholding> Withholding { get; set; } = [];

    public IList<RuleVerdict> Rules { get; set; } = [];

    public Review Review { get; set; } = new();

    public DocumentFacts Document { get; set; } = new();
}

/// <summary>What a rule found.</summary>
public sealed record RuleVerdict(string Id, RuleStatus Status)
{
    /// <summary>Gets the operands and the difference, for people; null where nothing is to be said.</summary>
    public string? Detail { get; init; }

    /// <summary>Gets the reason for review that a failure raises.</summary>
    public ReviewReason? Reason { get; init; }
}

/// <summary>Whether a person has to look, and why.</summary>
public sealed class Review
{
    public bool Required { get; set; }

    public IList<ReviewReason> Reasons { get; set; } = [];
}

/// <summary>How the record came about.</summary>
public sealed class DocumentFacts
{
    public string? FileName { get; set; }

    /// <summary>Gets or sets the SHA-256 of the file's bytes, lower-case hexadecimal.</summary>
    public string? Sha256 { get; set; }

    public string? MediaType { get; set; }

    /// <summary>Gets the pages of the file that this invoice stands on, from 1.</summary>
    public IList<int> Pages { get; set; } = [];

    public IList<string> Readers { get; set; } = [];

    public string? Language { get; set; }

    public string? Model { get; set; }

    public string? Adapter { get; set; }

    public double? DurationMs { get; set; }
}
