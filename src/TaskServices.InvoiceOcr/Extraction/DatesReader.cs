using TaskServices.InvoiceOcr.Normalization.Dates;
using TaskServices.InvoiceOcr.Records;

namespace TaskServices.InvoiceOcr.Extraction;

/// <summary>Chooses the dates by their labels: behind them, in the next cell, or below; the issue date may be the first date of all.</summary>
internal sealed class DatesReader(DocumentView view)
{
    private static readonly LabelKind[] Kinds = [LabelKind.IssueDate, LabelKind.DueDate, LabelKind.DeliveryDate, LabelKind.ServicePeriod];

    public void Read(InvoiceRecord record)
    {
        var labelled = view.Dates.Select(date => (Date: date, Label: LabelOf(date))).ToList();
        var issue = labelled.Where(pair => pair.Label?.Kind == LabelKind.IssueDate).OrderBy(pair => pair.Label!.Phrase is "date" or "datum" or "data" or "fecha" ? 1 : 0).FirstOrDefault();
        if (issue.Date is null)
        {
            issue = labelled.FirstOrDefault(pair => pair.Label is null);
        }

        var due = labelled.FirstOrDefault(pair => pair.Label?.Kind == LabelKind.DueDate);
        var order = DateOrderDecision.Decide(view.Dates.Select(date => date.Reading), view.Country, view.Language, issue.Date?.Reading, due.Date?.Reading);
        record.IssueDate = Leaf(issue.Date, issue.Label, order);
        record.DueDate = Leaf(due.Date, due.Label, order);
        var delivery = labelled.FirstOrDefault(pair => pair.Label?.Kind == LabelKind.DeliveryDate);
        record.DeliveryDate = Leaf(delivery.Date, delivery.Label, order);
        var period = labelled.Where(pair => pair.Label?.Kind == LabelKind.ServicePeriod).Take(2).ToList();
        if (period.Count == 2)
        {
            record.ServiceStart = Leaf(period[0].Date, period[0].Label, order);
            record.ServiceEnd = Leaf(period[1].Date, period[1].Label, order);
        }
    }

    private static FieldValue<DateOnly>? Leaf(DateHit? date, Label? label, DateOrderDecision order)
    {
        if (date is null)
        {
            return null;
        }

        var reading = date.Reading;
        var leaf = Evidence.Leaf(
            reading.ValueIn(order.Order), date.Segment, reading.Offset, reading.Length, (label is null ? 0.75 : 0.95) * (reading.IsAmbiguous && !order.IsSettled ? 0.75 : 1), label);
        if (reading.IsAmbiguous)
        {
            leaf.Alternatives.Add(order.Order == DateOrder.MonthFirst ? reading.Value : reading.MonthFirst!.Value);
            leaf.Ambiguous = !order.IsSettled;
            leaf.Evidence.Add($"order {order.Evidence}");
            if (leaf.Ambiguous)
            {
                leaf.ReviewReasons.Add(ReviewReason.DateAmbiguous);
            }
        }

        return leaf;
    }

    // The nearest label before the date in its segment, then in its row, then above it in its column.
    private Label? LabelOf(DateHit date)
    {
        var own = Last(date.Segment, date.Reading.Offset);
        if (own is not null)
        {
            return own;
        }

        var index = view.RowOf[date.Segment];
        var row = view.Rows[index];
        foreach (var left in row.Segments.TakeWhile(segment => !ReferenceEquals(segment, date.Segment)).Reverse())
        {
            if (Last(left, int.MaxValue) is { } label)
            {
                return label;
            }

            if (view.Dates.Any(other => ReferenceEquals(other.Segment, left)))
            {
                break;
            }
        }

        var box = date.Segment.BoxOf(date.Reading.Offset, date.Reading.Length);
        for (var distance = -1; distance >= -2; distance--)
        {
            if (view.Near(index, distance) is { } above && above.Segments.Where(segment => segment.Box.OverlapX(box) > 0).Select(segment => Last(segment, int.MaxValue, box)).FirstOrDefault(label => label is not null) is { } label
                && box.Top - label.Box.Bottom < 3 * box.Height)
            {
                return label;
            }
        }

        return null;
    }

    private Label? Last(Segment segment, int before, Reading.PixelBox? column = null) => view.Labels[segment]
        .Where(hit => Kinds.Contains(hit.Kind) && hit.Offset < before && (column is not { } box || segment.BoxOf(hit.Offset, hit.Length).OverlapX(box) > 0))
        .Select(hit => new Label(hit.Kind, hit.Phrase, segment, hit.Offset, hit.Length)).LastOrDefault();
}
