using TaskServices.InvoiceOcr.Normalization.Identifiers;
using TaskServices.InvoiceOcr.Records;

namespace TaskServices.InvoiceOcr.Rules;

/// <summary>The checks I1 to I4 of identifiers. The value stays as it is; its status is attached.</summary>
internal static class IdentifierChecks
{
    public static void Check(InvoiceRecord record)
    {
        foreach (var account in record.Accounts)
        {
            Attach(account.Iban, "I1", Iban.Check);
            Attach(account.Bic, "I3", Iban.CheckBic);
            if (account is { Iban: { Value.Length: > 2 } iban, Bic: { Value.Length: >= 8 } bic } && iban.Value[..2] != bic.Value[4..6])
            {
                // Countries may differ, in a group's accounts for example: a reason to look, not an error.
                ReviewReasons.AddOnce(bic.ReviewReasons, ReviewReason.LowFieldConfidence);
            }
        }

        foreach (var party in Parties(record))
        {
            Attach(party.VatId, "I2", VatId.Check);
            foreach (var other in party.OtherIds)
            {
                Attach(other.Id, "I4", Of(other.Scheme));
            }

            Attach(party.LegalRegistrationId, "I4", Of(party.LegalRegistrationScheme));
        }

        foreach (var line in record.Lines.Where(line => line.ProductCodeScheme == "GTIN"))
        {
            Attach(line.ProductCode, "I4", NationalIds.CheckGtin);
        }

        if (record.RemittanceReference is { } reference && IdentifierText.Compact(reference.Value) is var compact && compact.StartsWith("RF", StringComparison.Ordinal) && compact.Length > 4 && char.IsAsciiDigit(compact[2]))
        {
            Attach(reference, "Y2", value => PaymentReference.CheckRf(IdentifierText.Compact(value)));
        }

        Attach(record.CreditorId, "Y6", value => PaymentReference.CheckCreditorId(IdentifierText.Compact(value)));
    }

    public static IEnumerable<Party> Parties(InvoiceRecord r) =>
        new[] { r.Seller, r.Buyer, r.Payee, r.TaxRepresentative, r.ShipTo, r.BillTo, r.RemitTo, r.ServiceAt }.OfType<Party>();

    private static Func<string, ChecksumStatus>? Of(string? scheme) => scheme switch
    {
        "0088" or "GLN" => NationalIds.CheckGln,
        "0192" => NationalIds.CheckNorwegian,
        "0184" => NationalIds.CheckDanish,
        "0208" => NationalIds.CheckBelgian,
        "0002" or "0009" or "SIREN" or "SIRET" => NationalIds.CheckSiren,
        "0106" or "KVK" => NationalIds.CheckKvk,
        _ => null,
    };

    private static void Attach(FieldValue<string>? value, string id, Func<string, ChecksumStatus>? check)
    {
        if (value is null || check is null)
        {
            return;
        }

        value.Checksum = check(value.Value);
        ReviewReasons.AddOnce(value.RuleIds, id);
        if (value.Checksum is ChecksumStatus.ChecksumFail or ChecksumStatus.FormatFail)
        {
            ReviewReasons.AddOnce(value.ReviewReasons, ReviewReason.ChecksumFail);
        }
    }
}
