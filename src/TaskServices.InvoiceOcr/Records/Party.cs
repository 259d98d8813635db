namespace TaskServices.InvoiceOcr.Records;

/// <summary>A company or person in one role (BG-4, BG-7, BG-10, BG-11 and others).</summary>
public sealed class Party
{
    /// <summary>Gets or sets the name with its legal form.</summary>
    public FieldValue<string>? Name { get; set; }

    public FieldValue<string>? TradingName { get; set; }

    public FieldValue<PostalAddress>? Address { get; set; }

    /// <summary>Gets or sets the VAT identification number with its country's prefix.</summary>
    public FieldValue<string>? VatId { get; set; }

    /// <summary>Gets or sets the national tax number without prefix, as the German Steuernummer; never forced into <see cref="VatId"/>.</summary>
    public FieldValue<string>? TaxRegistrationId { get; set; }

    public FieldValue<string>? LegalRegistrationId { get; set; }

    /// <summary>Gets or sets the register of <see cref="LegalRegistrationId"/>, for example KVK, SIREN, HRB.</summary>
    public string? LegalRegistrationScheme { get; set; }

    public IList<SchemedId> OtherIds { get; set; } = [];

    public FieldValue<string>? ElectronicAddress { get; set; }

    public FieldValue<string>? ContactName { get; set; }

    public FieldValue<string>? Phone { get; set; }

    public FieldValue<string>? Email { get; set; }
}

/// <summary>An identifier in a scheme, for example 0088 for a GLN.</summary>
public sealed class SchemedId
{
    public string? Scheme { get; set; }

    public required FieldValue<string> Id { get; set; }
}

/// <summary>A bank account that can be paid to (BG-17).</summary>
public sealed class BankAccount
{
    public FieldValue<string>? Iban { get; set; }

    public FieldValue<string>? Bic { get; set; }

    public FieldValue<string>? AccountNumber { get; set; }

    public FieldValue<string>? BankCode { get; set; }

    public FieldValue<string>? BankName { get; set; }

    public FieldValue<string>? Holder { get; set; }
}
