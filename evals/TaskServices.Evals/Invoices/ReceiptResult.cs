using TaskServices.InvoiceOcr.Reading;
using TaskServices.InvoiceOcr.Records;

namespace TaskServices.Evals.Invoices;

/// <summary>What came of one receipt.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Milliseconds">From bytes to record.</param>
/// <param name="WordCount">Words of the transcription that have a letter or digit.</param>
/// <param name="WordsFound">Those that stand on the read page.</param>
/// <param name="Fields">Outcome of each field.</param>
internal sealed record ReceiptResult(string Id, double Milliseconds, int WordCount, int WordsFound, IReadOnlyList<FieldOutcome> Fields)
{
    public static ReceiptResult Of(Receipt receipt, Document document, InvoiceRecord record, double milliseconds)
    {
        var page = Receipt.Plain(string.Concat(document.Pages.Select(read => read.Text)));
        var words = receipt.Words.Select(Receipt.Plain).Where(word => word.Length > 0).ToArray();
        var company = record.Seller?.Name?.Value;
        var total = record.TotalGross?.Value.Amount;
        return new ReceiptResult(receipt.Id, milliseconds, words.Length, words.Count(word => page.Contains(word, StringComparison.Ordinal)),
        [
            new("company", receipt.Company, company, company is not null && Receipt.Plain(company) == Receipt.Plain(receipt.Company), IsOnPage(receipt.Company)),
            new("date", receipt.Date, record.IssueDate?.Value.ToString("o"), record.IssueDate is { } date && date.Value == receipt.DateValue, IsOnPage(receipt.Date)),
            new("total", receipt.Total, total?.ToString(System.Globalization.CultureInfo.InvariantCulture), total is not null && total == receipt.TotalValue, IsOnPage(receipt.Total)),
        ]);

        bool IsOnPage(string gold) => page.Contains(Receipt.Plain(gold), StringComparison.Ordinal);
    }
}

/// <summary>One field of one document.</summary>
/// <param name="IsRight">The values are the same, normalised.</param>
/// <param name="IsReadable">The gold text stands on the read page: what reading allows.</param>
internal sealed record FieldOutcome(string Field, string Gold, string? Predicted, bool IsRight, bool IsReadable);
