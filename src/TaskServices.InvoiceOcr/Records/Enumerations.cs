namespace TaskServices.InvoiceOcr.Records;

/// <summary>What a document is (UNTDID 1001 where it has a code: 380, 381, 384, 386, 389).</summary>
public enum DocumentType
{
    Invoice,

    /// <summary>Amounts are kept positive; printed minus signs stay in the raw text.</summary>
    CreditNote,
    Corrected,
    Prepayment,
    SelfBilled,
    Receipt,
    UtilityBill,
    Statement,
    NotAnInvoice,
}

/// <summary>Where a value comes from.</summary>
public enum ValueSource
{
    /// <summary>Read from an image.</summary>
    Ocr,

    /// <summary>Taken from a PDF's text layer.</summary>
    PdfText,

    /// <summary>Taken from an e-invoice's XML.</summary>
    EmbeddedXml,

    /// <summary>Read, then corrected by the model among readings with evidence.</summary>
    SlmCorrected,

    /// <summary>Not printed: follows from printed values by a named rule.</summary>
    Derived,

    /// <summary>Bound to a record of the master data.</summary>
    MasterData,

    /// <summary>Entered or confirmed by a person.</summary>
    Human,
}

/// <summary>Why a person should look at a record. The list is closed.</summary>
public enum ReviewReason
{
    LowOcrConfidence,
    LowFieldConfidence,
    UngroundedValue,
    ArithmeticFail,
    AmbiguousNumber,
    DateAmbiguous,
    CurrencyAmbiguous,
    ChecksumFail,
    BankDetailsChanged,
    VendorUnknown,
    VendorConflict,
    DuplicateSuspect,
    MultiInvoiceSuspect,
    MissingRequired,
    HandwritingSuspect,
    PoorImage,
    PageMissing,
    SuspiciousText,
    HiddenTextMismatch,
    EmbeddedXmlMismatch,
    LimitTruncated,
}

/// <summary>What a row of the table of lines is; only items enter sums.</summary>
public enum RowKind
{
    Item,
    Subtotal,
    Section,

    /// <summary>A page's carry-over ("Übertrag"): counting it would count its lines twice.</summary>
    CarriedForward,
    Note,
}

/// <summary>Whether printed prices and line amounts contain tax.</summary>
public enum PriceBasis
{
    Unknown,
    Net,
    GrossOfTax,
}

/// <summary>What a rule found.</summary>
public enum RuleStatus
{
    Pass,

    /// <summary>Holds within the rule's tolerance, not exactly.</summary>
    PassRounding,
    Fail,

    /// <summary>An operand is missing. Missing is never counted as zero, except where the rule says so.</summary>
    NotApplicable,
}
