namespace TaskServices.InvoiceOcr.Extraction;

/// <summary>A label of money with the amounts that it announces, nearest first.</summary>
internal sealed record MoneyLabel(Label Label, LabelKind Kind, int Row, IReadOnlyList<AmountHit> Amounts, bool IsBeside);

/// <summary>Joins labels of money with amounts: on the right in the same row, else in the row below (or above, where a reader's rows are crooked).</summary>
internal static class MoneyLabels
{
    private static readonly HashSet<LabelKind> Kinds =
    [
        LabelKind.GrossTotal, LabelKind.AmountDue, LabelKind.NetTotal, LabelKind.LineSum, LabelKind.TaxTotal, LabelKind.Rounding, LabelKind.Paid, LabelKind.Cash,
        LabelKind.Change, LabelKind.Discount, LabelKind.Charge, LabelKind.PreviousBalance, LabelKind.CarryOver, LabelKind.NoMoney,
    ];

    private static readonly HashSet<LabelKind> Columns =
    [
        LabelKind.Description, LabelKind.Quantity, LabelKind.Unit, LabelKind.UnitPrice, LabelKind.LineAmount, LabelKind.TaxRate, LabelKind.Code, LabelKind.Position,
    ];

    private static readonly string[] Without = ["excl", "exkl", "without", "before", "wogst", "hors", "ohne", "zzgl", "sansta", "sinva", "siniva", "zonder"];

    public static List<MoneyLabel> Of(DocumentView view)
    {
        var found = new List<MoneyLabel>();
        for (var index = 0; index < view.Rows.Count; index++)
        {
            if (!IsTableHeader(view, view.Rows[index]))
            {
                AddRow(view, index, found);
            }
        }

        // A till's "net total" is what is paid; on an invoice a larger total follows it.
        return
        [
            .. found.Select(label => label.Label.Phrase == "nettotal" && found.Exists(other => other.Kind is LabelKind.GrossTotal or LabelKind.AmountDue
                && view.ValueOf(other.Amounts[0]) > view.ValueOf(label.Amounts[0])) ? label with { Kind = LabelKind.NetTotal } : label),
        ];
    }

    /// <summary>Returns whether a row names columns of a table of lines: three kinds of column, and no money in it.</summary>
    public static bool IsTableHeader(DocumentView view, Row row) =>
        row.Segments.SelectMany(segment => view.Labels[segment]).Where(label => Columns.Contains(label.Kind)).Select(label => (label.Kind, label.Offset)).Distinct().GroupBy(label => label.Kind).Count() >= 3
        && !AmountsIn(view, row).Any(amount => amount.IsMoney)
        && row.Segments.Count(segment => view.Labels[segment].Any(label => Columns.Contains(label.Kind))) >= 2;

    public static IEnumerable<AmountHit> AmountsIn(DocumentView view, Row row) =>
        view.Amounts.Where(amount => row.Segments.Any(segment => ReferenceEquals(segment, amount.Segment)));

    private static void AddRow(DocumentView view, int index, List<MoneyLabel> found)
    {
        var row = view.Rows[index];
        var amounts = AmountsIn(view, row).ToList();
        var labels = row.Segments.SelectMany(segment => view.Labels[segment].Where(hit => Kinds.Contains(hit.Kind))
            .GroupBy(hit => hit.Offset).Select(group => group.OrderBy(hit => hit.Kind == LabelKind.NoMoney ? 0 : 1).First())
            .Select(hit => new Label(hit.Kind, hit.Phrase, segment, hit.Offset, hit.Length))).ToList();
        for (var at = 0; at < labels.Count; at++)
        {
            var label = labels[at];

            // A label straight behind another, with no amount between, qualifies it: "total (gst incl)".
            if (at > 0 && ReferenceEquals(labels[at - 1].Segment, label.Segment) && !amounts.Any(amount => IsBetween(amount, labels[at - 1], label)))
            {
                continue;
            }

            var next = labels.Skip(at + 1).FirstOrDefault(other => amounts.Any(amount => IsBetween(amount, label, other)));
            var beside = amounts.Where(amount => IsAfter(amount, label) && (next is null || !IsAfter(amount, next))).ToList();
            var isAlone = beside.Count == 0;
            if (isAlone)
            {
                beside = Neighbours(view, index, label, labels.Count);
            }

            if (beside.Count > 0)
            {
                found.Add(new MoneyLabel(label, KindOf(label), index, beside, !isAlone));
            }
        }
    }

    private static LabelKind KindOf(Label label)
    {
        if (label.Kind is not (LabelKind.GrossTotal or LabelKind.LineSum))
        {
            return label.Kind;
        }

        var squeezed = LabelFinder.Squeeze(label.Segment.Text).Text;
        return Array.Exists(Without, word => squeezed.Contains(word, StringComparison.Ordinal)) ? LabelKind.NetTotal : label.Kind;
    }

    private static List<AmountHit> Neighbours(DocumentView view, int index, Label label, int labelCount)
    {
        foreach (var distance in (int[])[1, -1])
        {
            if (view.Near(index, distance) is not { } row || IsTableHeader(view, row))
            {
                continue;
            }

            // Side by side labels have their amounts below; one label's crooked amount stands to the right, alone in its row.
            var gap = Math.Abs(row.Box.CenterY - label.Box.CenterY);
            var hasLabels = row.Segments.Any(segment => view.Labels[segment].Any(hit => Kinds.Contains(hit.Kind)));
            var near = AmountsIn(view, row).Where(amount => labelCount > 1
                ? distance > 0 && amount.Box.OverlapX(label.Box) > 0 && gap < 3.5f * label.Box.Height
                : !hasLabels && amount.IsMoney && gap < 1.6f * label.Box.Height && (amount.Box.Left > label.Box.CenterX || amount.Box.OverlapX(label.Box) > 0)).ToList();
            if (near.Count > 0)
            {
                return near;
            }
        }

        return [];
    }

    private static bool IsAfter(AmountHit amount, Label label) => ReferenceEquals(amount.Segment, label.Segment)
        ? amount.Offset >= label.End
        : amount.Box.Left > label.Segment.Box.Left && amount.Segment.Box.Left >= label.Segment.Box.Right - (label.Segment.Box.Width * 0.3f);

    private static bool IsBetween(AmountHit amount, Label left, Label right) => IsAfter(amount, left) && !IsAfter(amount, right);
}
