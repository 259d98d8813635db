using TaskServices.InvoiceOcr.Records;

namespace TaskServices.InvoiceOcr.Extraction;

/// <summary>Tells receipts, invoices, credit notes and other papers apart by their titles and by what only a till prints.</summary>
internal static class DocumentKind
{
    public static FieldValue<DocumentType> Of(DocumentView view, List<MoneyLabel> labels)
    {
        var isTill = labels.Any(label => label.Kind is LabelKind.Change or LabelKind.Cash) || IsSlip(view);
        var isBusiness = view.Segments.Any(segment => view.Labels[segment].Any(hit => hit.Kind is LabelKind.Iban or LabelKind.DueDate or LabelKind.Terms));
        if (Title(view, LabelKind.CreditNote) is { } credit)
        {
            return Leaf(DocumentType.CreditNote, credit, 0.9);
        }

        if (isTill && !isBusiness)
        {
            return Evidence.Derived(DocumentType.Receipt, 0.85, "cash, change or a slip's shape");
        }

        if (Title(view, LabelKind.InvoiceTitle) is { } title)
        {
            return Leaf(DocumentType.Invoice, title, 0.95);
        }

        if (Title(view, LabelKind.NotInvoice) is { } other && labels.TrueForAll(label => label.Kind != LabelKind.GrossTotal))
        {
            return Leaf(DocumentType.NotAnInvoice, other, 0.7);
        }

        return labels.Exists(label => label.Kind is LabelKind.GrossTotal or LabelKind.AmountDue)
            ? Evidence.Derived(isBusiness ? DocumentType.Invoice : DocumentType.Receipt, 0.6, "a total without a title")
            : Evidence.Derived(DocumentType.NotAnInvoice, 0.6, "no title and no total");
    }

    private static bool IsSlip(DocumentView view) => view.Rows.Count > 0 && view.Rows[0].Segments[0].Page is var page && page.HeightPx > 1.9 * page.WidthPx;

    private static Label? Title(DocumentView view, LabelKind kind) => view.Rows.Take(25).SelectMany(row => row.Segments)
        .SelectMany(segment => view.Labels[segment].Where(hit => hit.Kind == kind).Select(hit => new Label(hit.Kind, hit.Phrase, segment, hit.Offset, hit.Length))).FirstOrDefault();

    private static FieldValue<DocumentType> Leaf(DocumentType type, Label label, double confidence) => Evidence.Leaf(type, label.Segment, label.Offset, label.Length, confidence);
}
