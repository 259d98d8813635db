namespace TaskServices.InvoiceOcr.Normalization.Identifiers;

/// <summary>What the check of an identifier found. An identifier is never repaired.</summary>
public enum ChecksumStatus
{
    /// <summary>The form is right; there is no public check digit.</summary>
    FormatOk,

    /// <summary>Form and check digits are right.</summary>
    ChecksumOk,

    /// <summary>The form is right, the check digits are not.</summary>
    ChecksumFail,

    /// <summary>The form is not that of its country.</summary>
    FormatFail,

    /// <summary>The country has no entry in the table.</summary>
    UnknownCountry,
}
