using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using TaskServices.InvoiceOcr.Normalization.Dates;

namespace TaskServices.Evals.Invoices;

/// <summary>A receipt of SROIE (Huang et al., ICDAR 2019): its scan, what stands on it, and three facts.</summary>
/// <param name="Id">The number of its files.</param>
/// <param name="ImagePath">The scan.</param>
/// <param name="Words">The official transcription, split at blanks.</param>
internal sealed partial record Receipt(string Id, string ImagePath, string Company, string Date, string Total, IReadOnlyList<string> Words)
{
    // A third of the merchants; all receipts of one lie on the same side.
    private const int Folds = 3;

    /// <summary>Gets whether its merchant is kept back from everything that is decided by looking.</summary>
    public bool IsHeldOut => Convert.ToInt32(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(Plain(Company)))[0]) % Folds == 0;

    /// <summary>Gets the date; null where the gold text has none.</summary>
    public DateOnly? DateValue => DateText.Find(Date) is [var first, ..] ? first.Value : null;

    /// <summary>Gets the total; null where the gold text has none.</summary>
    public decimal? TotalValue => decimal.TryParse(NotOfNumbers().Replace(Total, ""), NumberStyles.Number, CultureInfo.InvariantCulture, out var total) ? total : null;

    /// <summary>Reads every receipt of a folder that has a scan.</summary>
    /// <exception cref="EvaluationException"><c>DATASET_MISSING</c>.</exception>
    public static IReadOnlyList<Receipt> Load(string folder)
    {
        var images = Path.Combine(folder, "img");
        if (!Directory.Exists(images))
            throw new EvaluationException("DATASET_MISSING", $"{images}: no such folder. Name SROIE's folder (img, key, box) with --data.");
        return [.. Directory.GetFiles(images, "*.jpg").Order(StringComparer.Ordinal).Select(path => Read(folder, path))];
    }

    /// <summary>Letters and digits, without case, blanks and punctuation.</summary>
    public static string Plain(string text) => string.Concat(text.Normalize(NormalizationForm.FormKC).Where(char.IsLetterOrDigit)).ToUpperInvariant();

    private static Receipt Read(string folder, string image)
    {
        var id = Path.GetFileNameWithoutExtension(image);
        using var key = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "key", id + ".json")));
        var words = File.ReadLines(Path.Combine(folder, "box", id + ".csv"))
            .Select(line => line.Split(',', 9))
            .Where(cells => cells.Length == 9)
            .SelectMany(cells => cells[8].Split(' ', StringSplitOptions.RemoveEmptyEntries));
        return new Receipt(id, image, Value("company"), Value("date"), Value("total"), [.. words]);

        string Value(string name) => key.RootElement.TryGetProperty(name, out var value) ? value.GetString() ?? "" : "";
    }

    [GeneratedRegex("[^0-9.]")]
    private static partial Regex NotOfNumbers();
}
