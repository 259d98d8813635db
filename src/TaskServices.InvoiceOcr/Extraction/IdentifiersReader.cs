using System.Text.RegularExpressions;
using TaskServices.InvoiceOcr.Normalization.Identifiers;
using TaskServices.InvoiceOcr.Records;

namespace TaskServices.InvoiceOcr.Extraction;

/// <summary>Finds IBAN, BIC, VAT and tax numbers by their form. An identifier without a label is taken only where its check digits hold.</summary>
internal sealed partial class IdentifiersReader(DocumentView view)
{
    public void Read(InvoiceRecord record, IReadOnlySet<Segment> buyers)
    {
        ReadAccounts(record);
        foreach (var segment in view.Segments)
        {
            foreach (Match match in VatNumber().Matches(segment.Text))
            {
                var compact = IdentifierText.Compact(match.Value);
                var status = VatId.Check(compact);
                var isLabelled = view.Labels[segment].Any(hit => hit.Kind == LabelKind.VatId && hit.Offset < match.Index);
                if (status == ChecksumStatus.ChecksumOk || (isLabelled && status is ChecksumStatus.ChecksumFail or ChecksumStatus.FormatOk))
                {
                    var leaf = Evidence.Leaf(compact, segment, match.Index, match.Length, status == ChecksumStatus.ChecksumFail ? 0.5 : 0.97);
                    leaf.Checksum = status;
                    var party = buyers.Contains(segment) ? record.Buyer ??= new Party() : record.Seller ??= new Party();
                    party.VatId ??= leaf;
                }
            }

            ReadTaxNumber(record, segment, buyers);
        }
    }

    private void ReadAccounts(InvoiceRecord record)
    {
        foreach (var segment in view.Segments)
        {
            foreach (Match match in IbanText().Matches(segment.Text))
            {
                if (CutToLength(match) is not { } printed)
                {
                    continue;
                }

                var compact = IdentifierText.Compact(printed);
                var status = Iban.Check(compact);
                var isLabelled = view.Labels[segment].Any(hit => hit.Kind == LabelKind.Iban);
                if ((status == ChecksumStatus.ChecksumOk || (isLabelled && status == ChecksumStatus.ChecksumFail)) && record.Accounts.All(account => account.Iban!.Value != compact))
                {
                    var leaf = Evidence.Leaf(compact, segment, match.Index, printed.Length, status == ChecksumStatus.ChecksumOk ? 0.99 : 0.4);
                    leaf.Checksum = status;
                    record.Accounts.Add(new BankAccount { Iban = leaf });
                }
            }
        }

        var bics = view.Segments.SelectMany(segment => BicText().Matches(segment.Text).Select(match => (segment, match)))
            .Where(found => Iban.CheckBic(found.match.Value) == ChecksumStatus.FormatOk && HasBicLabel(found.segment)).ToList();
        for (var index = 0; index < Math.Min(bics.Count, record.Accounts.Count); index++)
        {
            record.Accounts[index].Bic = Evidence.Leaf(bics[index].match.Value, bics[index].segment, bics[index].match.Index, bics[index].match.Length, 0.95);
        }
    }

    private bool HasBicLabel(Segment segment) => view.Rows[view.RowOf[segment]].Segments.Any(other => view.Labels[other].Any(hit => hit.Kind == LabelKind.Bic));

    // The match may run on into what follows; the country's length says where the number ends.
    private static string? CutToLength(Match match)
    {
        var length = Iban.LengthOf(match.Value[..2]);
        var count = 0;
        for (var index = 0; length > 0 && index < match.Length; index++)
        {
            count += char.IsLetterOrDigit(match.Value[index]) ? 1 : 0;
            if (count == length)
            {
                return match.Value[..(index + 1)];
            }
        }

        return null;
    }

    private void ReadTaxNumber(InvoiceRecord record, Segment segment, IReadOnlySet<Segment> buyers)
    {
        var hit = view.Labels[segment].FirstOrDefault(hit => hit.Kind == LabelKind.TaxNumber);
        if (hit.Phrase is null || TaxNumber().Match(segment.Text, hit.Offset + hit.Length) is not { Success: true } match)
        {
            return;
        }

        var label = new Label(hit.Kind, hit.Phrase, segment, hit.Offset, hit.Length);
        var party = buyers.Contains(segment) ? record.Buyer ??= new Party() : record.Seller ??= new Party();
        var value = match.Groups["value"];
        var leaf = Evidence.Leaf(IdentifierText.Compact(value.Value), segment, value.Index, value.Length, 0.85, label);
        var scheme = hit.Phrase switch { "siret" => "SIRET", "siren" => "SIREN", "kvk" or "kvknummer" => "KVK", "hrb" => "HRB", var phrase when phrase.Contains("reg", StringComparison.Ordinal) && !phrase.Contains("gst", StringComparison.Ordinal) || phrase == "rocno" => "REG", _ => null };
        if (scheme is null)
        {
            party.TaxRegistrationId ??= leaf;
        }
        else if (party.LegalRegistrationId is null)
        {
            party.LegalRegistrationId = leaf;
            party.LegalRegistrationScheme = scheme;
        }
    }

    [GeneratedRegex(@"(?<![\p{L}\d])[A-Z]{2}\d{2}(?:[ \u00A0]?[A-Z0-9]){11,30}")]
    private static partial Regex IbanText();

    [GeneratedRegex(@"(?<![\p{L}\d])[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?(?![\p{L}\d])")]
    private static partial Regex BicText();

    [GeneratedRegex(@"(?<![\p{L}\d])(?:ATU|CHE|FR\s?[A-Z0-9]{2}|ES\s?[A-Z]|(?:BE|BG|CY|CZ|DE|DK|EE|EL|ES|FI|GB|HR|HU|IE|IT|LT|LU|LV|MT|NL|NO|PL|PT|RO|SE|SI|SK|XI))[\s.\-]?\d(?:[\s.\-]?[\dA-Z]){6,12}(?:\s?(?:MWST|TVA|IVA|MVA))?(?![\p{L}\d])")]
    private static partial Regex VatNumber();

    [GeneratedRegex(@"\G[\s:#.]*(?:no|nr|n°)?[\s:#.]*(?<value>\d[\dA-Z]*(?:[\s/.\-]?\d[\dA-Z]*)+)", RegexOptions.IgnoreCase)]
    private static partial Regex TaxNumber();
}
