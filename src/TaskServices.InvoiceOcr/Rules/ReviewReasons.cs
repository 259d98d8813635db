using TaskServices.InvoiceOcr.Records;

namespace TaskServices.InvoiceOcr.Rules;

/// <summary>Collects the reasons for which a person should look at a record.</summary>
internal static class ReviewReasons
{
    // Below these a value is not accepted unseen.
    private const double LeastOcrConfidence = 0.5;

    private const double LeastFieldConfidence = 0.5;

    public static void Collect(RuleContext context)
    {
        var record = context.Record;
        var reasons = record.Review.Reasons;
        AddMissing(context);
        AddDates(context);
        foreach (var (_, value) in Leaves.Of(record))
        {
            AddOwn(value);
            foreach (var reason in value.ReviewReasons)
            {
                AddOnce(reasons, reason);
            }
        }

        record.Review.Required = reasons.Count > 0;
    }

    /// <summary>Adds an item that is not there yet.</summary>
    public static void AddOnce<T>(IList<T> list, T item)
    {
        if (!list.Contains(item))
        {
            list.Add(item);
        }
    }

    private static void AddOwn(FieldValue value)
    {
        if (value.OcrConfidenceMin < LeastOcrConfidence)
        {
            AddOnce(value.ReviewReasons, ReviewReason.LowOcrConfidence);
        }

        if (value.Confidence < LeastFieldConfidence && value.Source != ValueSource.Human)
        {
            AddOnce(value.ReviewReasons, ReviewReason.LowFieldConfidence);
        }

        var isAmbiguous = value.Ambiguous && value.Source != ValueSource.Human;
        if (isAmbiguous && value is FieldValue<DateOnly>)
        {
            AddOnce(value.ReviewReasons, ReviewReason.DateAmbiguous);
        }
        else if (isAmbiguous && value is FieldValue<Money> or FieldValue<decimal> or FieldValue<Quantity>)
        {
            AddOnce(value.ReviewReasons, ReviewReason.AmbiguousNumber);
        }

        // What is read from a page points to its words.
        if (value.Source is ValueSource.Ocr or ValueSource.PdfText or ValueSource.SlmCorrected && value.RawText is null && value.Regions.Count == 0 && value.Spans.Count == 0)
        {
            AddOnce(value.ReviewReasons, ReviewReason.UngroundedValue);
        }
    }

    private static void AddMissing(RuleContext context)
    {
        var record = context.Record;
        if (record.DocumentType?.Value == DocumentType.NotAnInvoice)
        {
            AddOnce(record.Review.Reasons, ReviewReason.MissingRequired);
            return;
        }

        // A till's receipt may have no number, and its seller no register number.
        var seller = record.Seller;
        var hasId = seller is not null && (seller.VatId ?? seller.LegalRegistrationId ?? seller.TaxRegistrationId) is not null || seller?.OtherIds.Count > 0;
        if (record.IssueDate is null || record.TotalGross is null || seller?.Name is null || record.Currency is null
            || (!context.IsReceipt && (record.InvoiceNumber is null || !hasId)))
        {
            AddOnce(record.Review.Reasons, ReviewReason.MissingRequired);
        }

        if (record.Currency is { Ambiguous: true } currency && currency.Source != ValueSource.Human)
        {
            AddOnce(currency.ReviewReasons, ReviewReason.CurrencyAmbiguous);
        }
    }

    // H3: an invoice of the day after tomorrow or of more than ten years ago is misread more often than real.
    private static void AddDates(RuleContext context)
    {
        if (context.Record.IssueDate is { } issue && (issue.Value > context.Today.AddDays(1) || issue.Value < context.Today.AddYears(-10)))
        {
            AddOnce(issue.ReviewReasons, ReviewReason.LowFieldConfidence);
        }
    }
}
