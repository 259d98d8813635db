using System.Text.RegularExpressions;
using TaskServices.InvoiceOcr.Normalization;
using TaskServices.InvoiceOcr.Records;

namespace TaskServices.InvoiceOcr.Extraction;

/// <summary>
/// Finds the companies' names. The seller's stands at the top of a receipt; on an invoice it is the name with a legal form that is not under the
/// buyer's label. Legal forms and words of trade in six languages are evidence, place is evidence, size is evidence.
/// </summary>
internal sealed partial class SellerReader(DocumentView view)
{
    private const int TopRowCount = 14;

    private static readonly HashSet<LabelKind> NotNames =
    [
        LabelKind.Phone, LabelKind.TaxNumber, LabelKind.VatId, LabelKind.Number, LabelKind.IssueDate, LabelKind.InvoiceTitle, LabelKind.CreditNote, LabelKind.Iban, LabelKind.Bic, LabelKind.Cash,
        LabelKind.CustomerId, LabelKind.OrderNumber, LabelKind.GrossTotal, LabelKind.DueDate, LabelKind.AmountDue,
    ];

    public FieldValue<string>? Read(bool isReceipt)
    {
        var candidates = isReceipt ? view.Rows.Take(TopRowCount).SelectMany(row => row.Segments) : view.Segments;
        var buyers = BuyerSegments().ToHashSet();
        var scored = candidates.Select((segment, index) => (Segment: segment, Score: Score(segment, index, isReceipt) - (buyers.Contains(segment) ? 5 : 0))).Where(pair => pair.Score > 0).ToList();
        if (scored.Count == 0)
        {
            return isReceipt ? null : Read(isReceipt: true) is { } top ? Doubtful(top) : null;
        }

        var best = Block(LabelKind.Seller).FirstOrDefault(segment => IsName(segment) && !view.Labels[segment].Any(hit => hit.Kind == LabelKind.Seller) && !Address().IsMatch(segment.Text))
            ?? scored.MaxBy(pair => pair.Score).Segment;
        var parts = Whole(best);
        var name = string.Join(' ', parts.Select(part => Tidy(part.Text)));
        var confidence = LegalForm().IsMatch(name) ? 0.85 : 0.6;
        if (parts.Count > 1)
        {
            return Evidence.Leaf(name, parts, confidence);
        }

        var label = view.Labels[best].FirstOrDefault(hit => hit.Kind == LabelKind.Seller && hit.Offset == 0);
        var rest = label.Phrase is null ? "" : Tidy(best.Text[label.Length..]);
        if (LegalForm().IsMatch(rest) && LegalForm().Replace(rest, "").Count(char.IsLetter) >= 3)
        {
            name = rest;
        }

        var offset = best.Text.IndexOf(name, StringComparison.Ordinal);
        return Evidence.Leaf(name, best, Math.Max(offset, 0), offset < 0 ? best.Text.Length : name.Length, confidence);
    }

    // A name that breaks: before its legal form or after an "and", or inside brackets.
    private List<Segment> Whole(Segment best)
    {
        var parts = new List<Segment> { best };
        var row = view.RowOf[best];
        while (parts.Count < 3 && GoesOnFromAbove(parts[0]) && view.Near(row, -parts.Count) is { Segments: [var above] } && IsName(above) && AreAlike(above, parts[0])
            && !LegalForm().IsMatch(above.Text))
        {
            parts.Insert(0, above);
        }

        if (parts.Count == 1 && view.Near(row, 1) is { Segments: [var below] } && AreAlike(best, below) && IsName(below) && (GoesOnBelow(best) || (BareLegalForm().IsMatch(Tidy(below.Text)) && !LegalForm().IsMatch(best.Text))))
        {
            parts.Add(below);
        }

        return parts;
    }

    private static bool GoesOnFromAbove(Segment segment)
    {
        var text = Tidy(segment.Text);
        var legal = LegalForm().Match(text);
        return text.StartsWith('&') || text.Count(sign => sign == ')') > text.Count(sign => sign == '(')
            || (legal.Success && Brackets().Replace(text[..legal.Index], " ").Split(' ', StringSplitOptions.RemoveEmptyEntries).Length <= 1);
    }

    private static bool GoesOnBelow(Segment segment)
    {
        var text = segment.Text.TrimEnd();
        return text.EndsWith('&') || text.Count(sign => sign == '(') > text.Count(sign => sign == ')');
    }

    private static bool AreAlike(Segment left, Segment right) =>
        Math.Min(left.Box.Height, right.Box.Height) > 0.65f * Math.Max(left.Box.Height, right.Box.Height) && left.Box.OverlapX(right.Box) > 0;

    private static FieldValue<string> Doubtful(FieldValue<string> name)
    {
        name.Confidence = Math.Min(name.Confidence, 0.4);
        return name;
    }

    /// <summary>Reads the buyer's name: the first name of the block that a label announces.</summary>
    public FieldValue<string>? ReadBuyer()
    {
        var block = BuyerSegments().ToList();
        var name = block.FirstOrDefault(segment => IsName(segment) && !view.Labels[segment].Any(hit => hit.Kind is LabelKind.Buyer or LabelKind.ShipTo or LabelKind.CustomerId) && !Address().IsMatch(segment.Text));
        return name is null ? null : Evidence.Leaf(name, LegalForm().IsMatch(name.Text) ? 0.8 : 0.6);
    }

    /// <summary>Returns the segments of the block that a buyer's label announces.</summary>
    public IEnumerable<Segment> BuyerSegments() => Block(LabelKind.Buyer, LabelKind.ShipTo);

    private IEnumerable<Segment> Block(params LabelKind[] kinds)
    {
        foreach (var segment in view.Segments)
        {
            var label = view.Labels[segment].FirstOrDefault(hit => kinds.Contains(hit.Kind) && hit.Offset < 3);

            // "Lieferant GmbH" is a name, whatever the word means.
            if (label.Phrase is null || LegalForm().IsMatch(segment.Text))
            {
                continue;
            }

            yield return segment;
            var row = view.RowOf[segment];
            for (var distance = 0; distance <= 4; distance++)
            {
                foreach (var below in view.Near(row, distance)?.Segments.Where(other => distance == 0 ? other.Box.Left > segment.Box.Right : other.Box.OverlapX(segment.Box) > 0) ?? [])
                {
                    yield return below;
                    if (distance == 0)
                    {
                        break;
                    }
                }
            }
        }
    }

    private double Score(Segment segment, int index, bool isReceipt)
    {
        if (!IsName(segment))
        {
            return 0;
        }

        var text = segment.Text;
        var row = view.RowOf[segment];
        var score = (LegalForm().IsMatch(text) ? 4.0 : 0) + (TradeWord().Replace(text, "").Count(char.IsLetter) >= 3 && TradeWord().IsMatch(text) ? 2 : 0) + (isReceipt ? Math.Max(0, 3 - (0.4 * row)) : row < 3 ? 1 : 0);
        if (view.Near(row, -1) is { } above && OwnedBy().IsMatch(above.Text))
        {
            score -= 5;
        }

        if (Address().IsMatch(text))
        {
            score -= 2.5;
        }

        if (!isReceipt)
        {
            // A seller's name comes back: in the head, above the buyer's address, in the foot.
            var squeezed = LabelFinder.Squeeze(Tidy(text)).Text;
            score += view.Segments.Count(other => !ReferenceEquals(other, segment) && LabelFinder.Squeeze(other.Text).Text.Contains(squeezed, StringComparison.Ordinal));
            score -= LegalForm().IsMatch(text) ? 0 : 3;
        }

        return score - (0.001 * index);
    }

    private bool IsName(Segment segment)
    {
        var text = segment.Text;
        var tidy = Tidy(text);
        var letters = tidy.Count(char.IsLetter);
        return letters >= 3 && !(text.StartsWith('(') && text.EndsWith(')')) && Countries.CodeOf(tidy) is null && letters * 2 > tidy.Count(char.IsDigit) * 3 && text.Length <= 80
            && !view.Labels[segment].Any(label => NotNames.Contains(label.Kind) && label.Offset < 4 && !LegalForm().IsMatch(text))
            && (LegalForm().IsMatch(text) || view.Labels[segment].Select(label => (label.Offset, label.Length)).Distinct().Sum(label => label.Length) * 10 < text.Length * 6)
            && !NoName().IsMatch(text) && !view.Dates.Any(date => ReferenceEquals(date.Segment, segment));
    }

    // Register numbers behind the name are not the name.
    private static string Tidy(string text)
    {
        var tidy = RegisterNumber().Replace(text, "").Trim(' ', ',', ';', ':', '*', '-', '|', '#', '=');
        var bar = tidy.IndexOfAny(['·', '•', '●', '|']);
        if (bar < 0 && tidy.IndexOf(" - ", StringComparison.Ordinal) is > 3 and var dash && LegalForm().IsMatch(tidy[..dash]) && tidy.AsSpan(dash).ContainsAnyInRange('0', '9'))
        {
            bar = dash;
        }

        return bar > 3 ? tidy[..bar].Trim() : tidy.Length > 2 ? tidy : text.Trim();
    }

    [GeneratedRegex(@"\([^)]*\)")]
    private static partial Regex Brackets();

    [GeneratedRegex(@"^\W*(?:owned|operated|managed|franchised)\s+by\W*$", RegexOptions.IgnoreCase)]
    private static partial Regex OwnedBy();

    [GeneratedRegex(@"(?<!\p{L})(?:S[DO][NM][.,]?\s?B[HN][DO]|S/B|BHD|GmbH|mbH|AG|KGaA|KG(?!\s?\.)|OHG|e\.?\s?K\.?|UG|GbR|e\.?V\.?|Ltd\.?|Limited|LLP|PLC|Inc\.?|LLC|Corp\.?|Corporation|Co\.|SARL|S\.A\.R\.L\.?|SASU?|EURL|S\.A\.S\.?|SA|S\.A\.?|S\.?L\.?U?\.?|S\.?r\.?l\.?s?|S\.?p\.?A\.?|S\.?n\.?c\.?|S\.?a\.?s\.?|B\.?V\.?|N\.?V\.?|VOF|SE|PTE|Pty|PLT|Genossenschaft|Sp\. z o\.o\.|AB|ApS|A/S|Oy|s\.r\.o\.)(?!\p{L})", RegexOptions.IgnoreCase)]
    private static partial Regex LegalForm();

    [GeneratedRegex(@"^\W*(?:\(?M\)?\s?)?(?:S[DO][NM][.,]?\s?B[HN]D|BHD|GmbH(?: & Co\.? KG)?|Ltd\.?|LLC|Inc\.?|SARL|S\.?r\.?l\.?)\W*$", RegexOptions.IgnoreCase)]
    private static partial Regex BareLegalForm();

    [GeneratedRegex(@"(?<!\p{L})(?:enterprise|enterprises|trading|restaurants?|restoran|shop|stores?|market|supermarket|hypermarket|mart|minimart|hardware|machinery|pharmacy|farmasi|apotheke|bakery|bäckerei|bakkerij|cafe|café|coffee|kedai|perniagaan|pasaraya|book|books|stationery|stationers|industries|holdings?|services?|motors?|auto|electrical|electronics?|company|bistro|kitchen|house|hotel|station|petrol|fashion|furniture|gifts?|foods?|seafood|noodle|chicken|tea|garden|beauty|optical|clinic|dental|laundry|printing|construction|supply|supplies|solutions?|systems?|technolog(?:y|ies)|group|international|centre|center|ristorante|trattoria|pizzeria|boulangerie|pharmacie|librairie|tienda|farmacia|panaderia|winkel|apotheek|handel|baumarkt|markt|metzgerei|buchhandlung|autohaus|papeterie|supermarché|supermercado|supermercato)(?!\p{L})", RegexOptions.IgnoreCase)]
    private static partial Regex TradeWord();

    [GeneratedRegex(@"(?:(?<!\p{L})(?:no\.?\s?\d|lot\s?\d|jalan|jln|taman|lorong|level\s?\d|unit\s?\d|street|road|avenue|floor|block|blok|bandar|kawasan|rue|calle|via\s|piazza|straat|postfach|p\.?o\.?\s?box)|stra(?:ß|ss)e\s?\d|str\.\s?\d|\b\d{5}\b)", RegexOptions.IgnoreCase)]
    private static partial Regex Address();

    [GeneratedRegex(@"(?:tax invoice|invois|receipt|welcome|thank|www\.|http|@|^\W*(?:cash|copy|original|duplicate|reprint|page|seite|bill)\W*$|cash sale|cash bill|official|counter|cashier|customer copy|order\s?no|table\s?no|gst\s?(?:reg|id|no)|co\.?\s?(?:reg|no)|reg\.?\s?no|roc\s?no|\(?gst|tel\s?[.:]|fax\s?[.:]|rechnung|facture|factura|fattura|factuur|lieferschein)", RegexOptions.IgnoreCase)]
    private static partial Regex NoName();

    [GeneratedRegex(@"\(?(?:co\.?\s?(?:reg\.?)?\s?(?:no\.?)?\s?:?\s?)?[(\[]\s?(?:[A-Z]{0,3}\d{5,}[\s-]*[A-Z0-9]{0,2}|\d{3,}-?[A-Z]|[A-Z]{2}\d{6,}[^)]*|reg[^)]*|co\.?\s?reg[^)]*)\s?[)\]]?.*$|\s\d{5,7}-[A-Z].*$|\s(?:co\.?\s?)?reg\.?\s?(?:no)?.*$", RegexOptions.IgnoreCase)]
    private static partial Regex RegisterNumber();
}
