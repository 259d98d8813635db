using System.Text.RegularExpressions;
using TaskServices.InvoiceOcr.Records;

namespace TaskServices.InvoiceOcr.Extraction;

/// <summary>Reads numbers by their labels: the invoice's, the order's, the customer's and others. The text is kept as printed.</summary>
internal sealed partial class ReferencesReader(DocumentView view)
{
    public void Read(InvoiceRecord record)
    {
        record.InvoiceNumber = Find(LabelKind.Number) ?? Find(LabelKind.CreditNote, 0.7) ?? Find(LabelKind.InvoiceTitle, 0.7);
        record.PurchaseOrder = Find(LabelKind.OrderNumber);
        record.DeliveryNoteRef = Find(LabelKind.DeliveryNote);
        record.CustomerId = Find(LabelKind.CustomerId);
        record.ContractRef = Find(LabelKind.ContractRef);
        record.ProjectRef = Find(LabelKind.ProjectRef);
        record.RemittanceReference = Find(LabelKind.Reference);
    }

    private FieldValue<string>? Find(LabelKind kind, double confidence = 0.9)
    {
        foreach (var segment in view.Segments)
        {
            foreach (var hit in view.Labels[segment].Where(hit => hit.Kind == kind))
            {
                var label = new Label(hit.Kind, hit.Phrase, segment, hit.Offset, hit.Length);
                if ((Behind(segment, label.End, label, confidence) ?? NextTo(label, confidence)) is { } value)
                {
                    return value;
                }
            }
        }

        return null;
    }

    private FieldValue<string>? NextTo(Label label, double confidence)
    {
        var index = view.RowOf[label.Segment];
        var next = view.Rows[index].Segments.SkipWhile(segment => !ReferenceEquals(segment, label.Segment)).Skip(1).FirstOrDefault();

        // What follows in the row may be another label with a value of its own.
        if (next is not null && view.Labels[next].All(hit => hit.Offset > 0) && Behind(next, 0, label, confidence) is { } beside)
        {
            return beside;
        }

        var below = view.Near(index, 1)?.Segments.FirstOrDefault(segment => segment.Box.OverlapX(label.Box) > 0);
        return below is not null && view.Labels[below].All(hit => hit.Offset > 0) && below.Box.Top - label.Box.Bottom < 2 * label.Box.Height ? Behind(below, 0, label, confidence * 0.85) : null;
    }

    private FieldValue<string>? Behind(Segment segment, int offset, Label label, double confidence)
    {
        var match = Value().Match(segment.Text, offset);
        if (!match.Success || match.Index != offset)
        {
            return null;
        }

        var value = match.Groups["value"];
        var text = value.Value.TrimEnd('.', '-', '/', '_');
        return text.Any(char.IsDigit) && !view.Dates.Any(date => ReferenceEquals(date.Segment, segment) && date.Reading.Offset <= value.Index && date.Reading.Offset + date.Reading.Length >= value.Index + text.Length)
            ? Evidence.Leaf(text, segment, value.Index, text.Length, confidence, label)
            : null;
    }

    [GeneratedRegex(@"[\s:#.,)\-–=*]*(?:(?:n[or°º]{1,2}|nr|number|nummer|numero|número|id)(?![\p{L}\d])[\s:#.]*)?(?<value>[\p{L}\d][\p{L}\d./_\-–]*)", RegexOptions.IgnoreCase)]
    private static partial Regex Value();
}
