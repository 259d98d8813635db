using TaskServices.InvoiceOcr.Normalization;
using TaskServices.InvoiceOcr.Records;

namespace TaskServices.InvoiceOcr.Extraction;

/// <summary>Chooses the totals: among labelled amounts those whose labels and arithmetic agree best. What is not printed stays absent.</summary>
internal sealed class TotalsReader(DocumentView view, List<MoneyLabel> labels, string? currency)
{
    private sealed record Candidate(decimal Value, AmountHit Hit, MoneyLabel? Label, double Score);

    public void Read(InvoiceRecord record)
    {
        var gross = GrossCandidates();
        var best = gross.Count == 0 ? null : gross.MaxBy(candidate => candidate.Score);
        if (best is null)
        {
            return;
        }

        var tax = Candidates(LabelKind.TaxTotal, amount => amount.Value >= 0 && amount.Value < best.Value);
        var net = Candidates(LabelKind.NetTotal, amount => amount.Value <= best.Value).Concat(Candidates(LabelKind.LineSum, amount => true)).ToList();
        var rounding = Candidates(LabelKind.Rounding, amount => Math.Abs(amount.Value) < 1).FirstOrDefault();
        var charge = Candidates(LabelKind.Charge, amount => amount.Value > 0 && amount.Value < best.Value).FirstOrDefault();
        var discount = Candidates(LabelKind.Discount, amount => amount.Value != 0 && Math.Abs(amount.Value) < best.Value * 10).FirstOrDefault();
        var roundings = new[] { 0m, rounding?.Value ?? 0m }.Distinct().ToArray();
        var triple = (from n in net from t in tax where n.Hit != t.Hit from r in roundings where n.Value + t.Value + r == best.Value select (Net: n, Tax: t)).FirstOrDefault();
        var confidence = triple.Net is null ? 0.75 : 0.95;

        record.TotalGross = Leaf(best, confidence);
        if (triple.Net is not null)
        {
            record.TotalNet = Leaf(triple.Net, 0.95);
            record.TotalTax = Leaf(triple.Tax, 0.95);
        }
        else
        {
            record.TotalNet = Leaf(net.FirstOrDefault(candidate => candidate.Label!.Kind == LabelKind.NetTotal), 0.6);
            record.TotalTax = Leaf(tax.FirstOrDefault(), 0.6);
        }

        record.SumOfLinesNet = Leaf(net.FirstOrDefault(candidate => candidate.Label!.Kind == LabelKind.LineSum && candidate.Hit != record.TotalNet?.RawHit()), 0.7);
        record.RoundingAmount = Leaf(rounding, 0.8);
        record.PaidAmount = Leaf(Candidates(LabelKind.Paid, amount => amount.Value > 0).FirstOrDefault(), 0.7);
        record.PreviousBalance = Leaf(Candidates(LabelKind.PreviousBalance, _ => true).FirstOrDefault(), 0.7);
        record.AmountDuePrinted = Leaf(Candidates(LabelKind.AmountDue, amount => amount.Value >= 0).FirstOrDefault(), 0.85);
        AddAllowance(record.Charges, charge);
        AddAllowance(record.Allowances, discount);
    }

    private List<Candidate> GrossCandidates()
    {
        var cash = labels.Where(label => label.Kind == LabelKind.Cash).SelectMany(label => label.Amounts).Select(amount => Math.Abs(view.ValueOf(amount))).ToHashSet();
        var change = labels.Where(label => label.Kind == LabelKind.Change).SelectMany(label => label.Amounts).Select(amount => Math.Abs(view.ValueOf(amount))).ToHashSet();
        var paidExactly = cash.SelectMany(given => change.Select(back => given - back)).Where(value => value > 0).ToHashSet();
        var roundings = Values(LabelKind.Rounding).Where(value => value != 0 && Math.Abs(value) < 1).ToList();
        var unrounded = labels.Where(label => label.Kind is LabelKind.GrossTotal or LabelKind.AmountDue).SelectMany(label => label.Amounts).Select(view.ValueOf).ToHashSet();
        var rounded = unrounded.SelectMany(value => roundings.SelectMany(step => new[] { value + step, value - step })).Where(value => value * 20 % 1 == 0).ToHashSet();
        var nets = Values(LabelKind.NetTotal, LabelKind.LineSum);
        var taxes = Values(LabelKind.TaxTotal);
        var sums = nets.SelectMany(net => taxes.Where(tax => tax > 0).Select(tax => net + tax)).ToHashSet();
        var found = new List<Candidate>();
        foreach (var label in labels.Where(label => label.Kind is LabelKind.GrossTotal or LabelKind.AmountDue || (label.Kind == LabelKind.Rounding && label.Amounts.Any(amount => view.ValueOf(amount) >= 1))))
        {
            var money = label.Amounts.Where(amount => amount.IsMoney).ToList();
            var usable = money.Count > 0 ? money : [.. label.Amounts];
            var hit = usable.MaxBy(amount => amount.Box.Left)!;

            // Two amounts behind a "total" are the foot of a table, of taxes as a rule: base and tax.
            var isFoot = usable.Count > 1;
            if (isFoot)
            {
                hit = usable.MaxBy(view.ValueOf)!;
            }

            var value = view.ValueOf(hit);
            if (value == 0 || (label.Kind == LabelKind.Rounding && value < 1))
            {
                continue;
            }

            var score = Weight(label) - (isFoot ? 2 : 0) - (label.Label.Segment.Text.Contains('%', StringComparison.Ordinal) ? 2 : 0) + (rounded.Contains(value) ? 2.5 : 0) - (label.IsBeside ? 0 : 0.5) - (hit.IsMoney ? 0 : 2) + (Math.Min(2, hit.Box.Height / MedianHeight()) * 0.5)
                + (paidExactly.Contains(value) ? 3 : 0) + (sums.Contains(value) ? 2 : 0) + (cash.Contains(value) ? 1 : 0)
                + (0.4 * Math.Min(3, view.Amounts.Count(amount => view.ValueOf(amount) == value)));
            found.Add(new Candidate(value, hit, label, score));
        }

        if (found.Count > 0)
        {
            var largest = found.Max(candidate => candidate.Value);
            return [.. found.Select(candidate => candidate with { Score = candidate.Score + (candidate.Value == largest ? 0.6 : 0) })];
        }

        // No label was read: what was paid, less the change, or an amount that net and tax sum up to.
        return [.. view.Amounts.Where(amount => amount.IsMoney && (paidExactly.Contains(view.ValueOf(amount)) || sums.Contains(view.ValueOf(amount)) || (change.Count == 0 && cash.Contains(view.ValueOf(amount)))))
            .Select(amount => new Candidate(view.ValueOf(amount), amount, null, 1))];
    }

    private static double Weight(MoneyLabel label) => label.Label.Phrase switch
    {
        var phrase when phrase.Contains("round", StringComparison.Ordinal) => 5,
        var phrase when phrase.StartsWith("grand", StringComparison.Ordinal) || phrase.Contains("incl", StringComparison.Ordinal) || phrase.Contains("ttc", StringComparison.Ordinal)
            || phrase.Contains("brutto", StringComparison.Ordinal) || phrase.Contains("payable", StringComparison.Ordinal) => 4,
        "total" or "summe" or "gesamt" or "totale" or "totaal" or "jumlah" => 3,
        "balance" or "topay" => 1.5,
        _ => 3.5,
    };

    private List<Candidate> Candidates(LabelKind kind, Func<Candidate, bool> fits) =>
    [
        .. labels.Where(label => label.Kind == kind)
            .SelectMany(label => label.Amounts.Where(amount => amount.IsMoney || label.Amounts.All(other => !other.IsMoney))
                .OrderByDescending(amount => amount.Box.Left).Select(amount => new Candidate(view.ValueOf(amount), amount, label, label.IsBeside ? 1 : 0.5)))
            .Where(fits),
    ];

    private HashSet<decimal> Values(params LabelKind[] kinds) => [.. kinds.SelectMany(kind => Candidates(kind, _ => true)).Select(candidate => candidate.Value)];

    private float MedianHeight()
    {
        var heights = view.Segments.Select(segment => segment.Box.Height).Order().ToList();
        return Math.Max(1, heights[heights.Count / 2]);
    }

    private void AddAllowance(IList<AllowanceCharge> list, Candidate? candidate)
    {
        if (Leaf(candidate, 0.6) is { } amount)
        {
            amount.Value = amount.Value with { Amount = Math.Abs(amount.Value.Amount) };
            list.Add(new AllowanceCharge { Amount = amount, Reason = Evidence.Leaf(candidate!.Label!.Label.Text, candidate.Label.Label.Segment, candidate.Label.Label.Offset, candidate.Label.Label.Length, 0.8) });
        }
    }

    private FieldValue<Money>? Leaf(Candidate? candidate, double confidence) =>
        candidate is null ? null : MoneyLeaf.Of(view, candidate.Hit, currency, candidate.Label is null ? confidence * 0.7 : confidence, candidate.Label?.Label);
}

/// <summary>Makes values of money, with the doubts of their notation.</summary>
internal static class MoneyLeaf
{
    private static readonly System.Runtime.CompilerServices.ConditionalWeakTable<FieldValue, AmountHit> Hits = [];

    public static FieldValue<Money> Of(DocumentView view, AmountHit hit, string? currency, double confidence, Label? label = null)
    {
        var own = Currencies.Decide(hit.Reading.CurrencyText, view.Country)?.Code;
        var code = own ?? currency;
        var value = view.ValueOf(hit);
        var leaf = Evidence.Leaf(new Money(value, code), hit.Segment, hit.Offset, hit.Length, confidence, label);
        leaf.Evidence.Add($"notation {view.Notation.Evidence}");
        if (hit.Reading.IsAmbiguous && view.Notation.Evidence != "vote" || hit.Reading.IsIrregular)
        {
            leaf.Ambiguous = true;
            leaf.ReviewReasons.Add(ReviewReason.AmbiguousNumber);
            var other = value == hit.Reading.Value ? hit.Reading.AsDecimals : hit.Reading.Value;
            if (other is { } alternative)
            {
                leaf.Alternatives.Add(new Money(alternative, code));
            }
        }

        Hits.Add(leaf, hit);
        return leaf;
    }

    public static AmountHit? RawHit(this FieldValue leaf) => Hits.TryGetValue(leaf, out var hit) ? hit : null;
}
