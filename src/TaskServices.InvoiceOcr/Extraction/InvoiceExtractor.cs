using TaskServices.InvoiceOcr.Reading;
using TaskServices.InvoiceOcr.Records;

namespace TaskServices.InvoiceOcr.Extraction;

/// <summary>
/// Extracts a record by labels in six languages, place, type and arithmetic, without a model: the baseline that a model has to beat, and the fallback
/// without one. Deterministic and thread-safe. Every value points to words of the page or is derived from such values.
/// </summary>
public static class InvoiceExtractor
{
    /// <summary>Extracts.</summary>
    public static InvoiceRecord Extract(Document document)
    {
        ArgumentNullException.ThrowIfNull(document);
        var view = new DocumentView(document);
        var record = new InvoiceRecord
        {
            Document = new DocumentFacts
            {
                FileName = document.FileName.Length > 0 ? document.FileName : null,
                Sha256 = document.Sha256.Length > 0 ? document.Sha256 : null,
                MediaType = document.MediaType.Length > 0 ? document.MediaType : null,
                Pages = [.. document.Pages.Select(page => page.Number)],
                Readers = [.. document.Pages.SelectMany(page => page.Lines).Select(line => line.Reader).Distinct()],
                Language = view.Language,
            },
        };
        if (view.Segments.Count == 0)
        {
            return record;
        }

        var labels = MoneyLabels.Of(view);
        record.DocumentType = DocumentKind.Of(view, labels);
        record.Currency = CurrencyReader.Read(view);
        new TotalsReader(view, labels, record.Currency?.Value).Read(record);
        new DatesReader(view).Read(record);
        var isReceipt = record.DocumentType.Value == DocumentType.Receipt;
        var parties = new SellerReader(view);
        if (parties.Read(isReceipt) is { } name)
        {
            record.Seller = new Party { Name = name };
        }

        if (parties.ReadBuyer() is { } buyer)
        {
            record.Buyer = new Party { Name = buyer };
        }

        new ReferencesReader(view).Read(record);
        new IdentifiersReader(view).Read(record, parties.BuyerSegments().ToHashSet());
        record.PaymentTerms = TermsReader.Read(view);
        new TaxLinesReader(view, labels, record.Currency?.Value).Read(record);
        new LineItemsReader(view, labels, record.Currency?.Value).Read(record);
        AddAmountDue(record, isReceipt);
        return record;
    }

    // What is due for this invoice: as printed where no earlier balance is in it, else what the totals leave.
    private static void AddAmountDue(InvoiceRecord record, bool isReceipt)
    {
        if (isReceipt || record.TotalGross is not { } gross)
        {
            return;
        }

        var due = gross.Value.Amount - (record.PaidAmount?.Value.Amount ?? 0);
        record.AmountDue = Evidence.Derived(gross.Value with { Amount = due }, gross.Confidence * 0.95, "A7");
    }
}
