using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using TaskServices.InvoiceOcr.Extraction;
using TaskServices.InvoiceOcr.Normalization.Amounts;
using TaskServices.InvoiceOcr.Normalization.Dates;
using TaskServices.InvoiceOcr.Reading;
using TaskServices.Testing;

namespace TaskServices.InvoiceOcr.Tests.Extraction;

/// <summary>
/// Company, date and total of the SROIE receipts from the data set's own text boxes. A quarter of the merchants, chosen by a hash of the name, is
/// held out: rules are written by looking at the others only.
/// </summary>
public sealed class SroieTests
{
    [Fact]
    public void Extract_HeldOutMerchants_NormalisedMicroF1IsKept()
    {
        var folder = TestFiles.TryShared("data", "ocr", "sroie");
        Assert.SkipWhen(folder is null, "the receipts are absent");
        var development = new Score();
        var heldOut = new Score();
        var misses = new StringBuilder();
        foreach (var key in Directory.GetFiles(Path.Combine(folder, "key"), "*.json").Order(StringComparer.Ordinal))
        {
            using var gold = JsonDocument.Parse(File.ReadAllText(key));
            var company = gold.RootElement.GetProperty("company").GetString()!;
            var isHeldOut = SHA256.HashData(Encoding.UTF8.GetBytes(Plain(company)))[0] < 64;
            var record = InvoiceExtractor.Extract(Load(Path.Combine(folder, "box", Path.GetFileNameWithoutExtension(key) + ".csv")));
            var score = isHeldOut ? heldOut : development;
            (string Field, string Gold, string? Found)[] fields =
            [
                ("company", Plain(company), record.Seller?.Name is { } name ? Plain(name.Value) : null),
                ("date", Date(gold.RootElement.GetProperty("date").GetString()!), record.IssueDate?.Value.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)),
                ("total", Amount(gold.RootElement.GetProperty("total").GetString()!), record.TotalGross?.Value.Amount.ToString("0.00", CultureInfo.InvariantCulture)),
            ];
            foreach (var (field, expected, found) in fields)
            {
                if (!score.Add(field, expected, found) && !isHeldOut)
                {
                    misses.AppendLine(CultureInfo.InvariantCulture, $"{Path.GetFileNameWithoutExtension(key)} {field}: {expected} <> {found}");
                }
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"development {development}\nheld out {heldOut}");
        if (Environment.GetEnvironmentVariable("SROIE_MISSES") is { Length: > 0 } file)
        {
            File.WriteAllText(file, $"development {development}\nheld out {heldOut}\n{misses}");
        }

        Assert.True(heldOut.MicroF1 >= 0.93, $"held out {heldOut}");
        Assert.True(development.MicroF1 >= 0.93, $"development {development}");
    }

    internal static Document Load(string boxes)
    {
        var lines = new List<TextLine>();
        foreach (var row in File.ReadLines(boxes))
        {
            var parts = row.Split(',', 9);
            if (parts.Length == 9 && parts[8].Trim().Length > 0)
            {
                var points = parts[..8].Select(part => float.Parse(part, CultureInfo.InvariantCulture)).Chunk(2).Select(pair => new PixelPoint(pair[0], pair[1])).ToArray();
                lines.Add(TextLine.FromText(parts[8].Trim(), PixelBox.Around(points), "gold"));
            }
        }

        return new Document
        {
            Pages = [new Page { Number = 1, WidthPx = (int)lines.Max(line => line.Box.Right) + 20, HeightPx = (int)lines.Max(line => line.Box.Bottom) + 20, Lines = lines }],
        };
    }

    private static string Plain(string text) => string.Join(' ', string.Concat(text.Normalize(NormalizationForm.FormKC).ToLowerInvariant()
        .Select(sign => char.IsLetterOrDigit(sign) ? sign : ' ')).Split(' ', StringSplitOptions.RemoveEmptyEntries)).Replace(" ", "", StringComparison.Ordinal);

    private static string Date(string text) => DateText.Find(text) is [var date, ..] ? date.Value.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) : text;

    private static string Amount(string text) => AmountText.TryParse(text, out var amount) ? amount.Value.ToString("0.00", CultureInfo.InvariantCulture) : text;

    private sealed class Score
    {
        private readonly SortedDictionary<string, int[]> _fields = [];

        public double MicroF1 => F1(_fields.Values.Aggregate(new int[3], (all, one) => [.. all.Zip(one, (left, right) => left + right)]));

        public bool Add(string field, string gold, string? found)
        {
            var counts = _fields.TryGetValue(field, out var known) ? known : _fields[field] = new int[3];
            counts[0] += gold == found ? 1 : 0;
            counts[1] += found is null ? 0 : 1;
            counts[2]++;
            return gold == found;
        }

        public override string ToString() => $"micro-F1 {MicroF1:0.000} ({string.Join(", ", _fields.Select(field => $"{field.Key} {F1(field.Value):0.000}"))}; n {_fields.Values.First()[2]})";

        private static double F1(int[] counts) => 2.0 * counts[0] / Math.Max(1, counts[1] + counts[2]);
    }
}
