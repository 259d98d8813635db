using TaskServices.InvoiceOcr.Normalization;
using TaskServices.InvoiceOcr.Normalization.Identifiers;

namespace TaskServices.InvoiceOcr.Extraction;

/// <summary>Language and country of a document, by words that only one of six languages prints and by marks of a country.</summary>
internal static class LanguageEvidence
{
    private static readonly (string Language, HashSet<string> Words)[] Words =
    [
        ("en", Set("invoice total amount date due payment the and for qty price tax description number thank you please receipt cash change customer of to goods sold")),
        ("de", Set("rechnung rechnungsnummer datum betrag gesamt summe mwst ust und der die das fur menge einzelpreis kunde steuernummer bezeichnung lieferung zahlbar netto brutto nr bitte ihre wir strasse")),
        ("fr", Set("facture montant tva le la les des du et pour quantite prix client ht ttc echeance designation societe paiement reglement numero au siret")),
        ("es", Set("factura fecha importe iva el los las del y para cantidad precio cliente vencimiento descripcion cif nif pago numero unidad base imponible")),
        ("it", Set("fattura data importo iva il gli della e per quantita prezzo cliente scadenza descrizione partita pagamento numero imponibile totale codice fiscale spett")),
        ("nl", Set("factuur factuurnummer datum bedrag btw het een en voor aantal prijs klant vervaldatum omschrijving betaling totaal kvk rekening uw onze")),
    ];

    private static readonly (string Mark, string Country)[] Marks =
    [
        ("sdnbhd", "MY"), ("malaysia", "MY"), ("selangor", "MY"), ("kualalumpur", "MY"), ("jalan", "MY"), ("pteltd", "SG"), ("singapore", "SG"),
        ("ptyltd", "AU"), ("spzoo", "PL"), ("sro", "CZ"), ("aps", "DK"),
    ];

    /// <summary>Returns the language whose words the document prints most, or null where it prints none of them.</summary>
    public static string? LanguageOf(IEnumerable<Segment> segments)
    {
        var counts = new int[Words.Length];
        foreach (var word in segments.SelectMany(segment => segment.Text.Split([' ', ':', '.', ',', '/', '-', '('], StringSplitOptions.RemoveEmptyEntries)).Select(word => LabelFinder.Squeeze(word).Text))
        {
            for (var index = 0; index < Words.Length; index++)
            {
                counts[index] += Words[index].Words.Contains(word) ? 1 : 0;
            }
        }

        var best = counts.Max();
        return best == 0 || counts.Count(count => count == best) > 1 ? null : Words[Array.IndexOf(counts, best)].Language;
    }

    /// <summary>Returns the country that a VAT number, an IBAN, a legal form or a place names first, or null.</summary>
    public static string? CountryOf(IReadOnlyList<Segment> segments)
    {
        foreach (var word in segments.SelectMany(segment => segment.Text.Split([' ', ':', ','], StringSplitOptions.RemoveEmptyEntries)))
        {
            var compact = IdentifierText.Compact(word);
            if (compact.Length > 8 && VatId.Check(compact) == ChecksumStatus.ChecksumOk)
            {
                return VatId.CountryOf(compact);
            }
        }

        foreach (var segment in segments)
        {
            var at = segment.Text.IndexOf("IBAN", StringComparison.OrdinalIgnoreCase);
            var compact = at < 0 ? "" : IdentifierText.Compact(segment.Text.AsSpan(at + 4));
            if (compact.Length > 14 && Iban.LengthOf(compact[..2]) is > 0 and var length && compact.Length >= length && Iban.Check(compact[..length]) == ChecksumStatus.ChecksumOk)
            {
                return compact[..2];
            }
        }

        foreach (var segment in segments)
        {
            var squeezed = LabelFinder.Squeeze(segment.Text).Text;
            var mark = Array.Find(Marks, mark => mark.Mark.Length > 4 && squeezed.Contains(mark.Mark, StringComparison.Ordinal));
            if (mark.Country is not null)
            {
                return mark.Country;
            }

            if (Countries.CodeOf(segment.Text) is { } named)
            {
                return named;
            }
        }

        return null;
    }

    private static HashSet<string> Set(string words) => [.. words.Split(' ')];
}
