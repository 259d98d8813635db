using System.Numerics;
using TaskServices.InvoiceOcr.Normalization.Identifiers;
using TaskServices.InvoiceOcr.Records;

namespace TaskServices.InvoiceOcr.Rules;

/// <summary>By what two invoices are the same.</summary>
/// <param name="Sha256">The file's hash; null where there is none.</param>
/// <param name="Seller">The seller's VAT number, else its name's key; null where neither is known.</param>
/// <param name="Number">The number's key; null where there is none.</param>
/// <param name="Gross">The gross total.</param>
/// <param name="Currency">The currency.</param>
/// <param name="IssueDate">The issue date.</param>
/// <param name="PageHashes">A 64-bit difference hash (dHash) of each page.</param>
public sealed record DuplicateKey(
    string? Sha256, string? Seller, string? Number, decimal? Gross, string? Currency, DateOnly? IssueDate, IReadOnlyList<ulong> PageHashes)
{
    /// <summary>Makes the key of a record.</summary>
    public static DuplicateKey Of(InvoiceRecord record, IReadOnlyList<ulong>? pageHashes = null)
    {
        ArgumentNullException.ThrowIfNull(record);
        var seller = record.Seller?.VatId?.Value ?? (record.Seller?.Name is { } name ? CompanyName.KeyOf(name.Value) : null);
        return new DuplicateKey(
            record.Document.Sha256, seller, record.InvoiceNumber is { } number ? IdentifierText.NumberKey(number.Value) : null,
            record.TotalGross?.Value.Amount, record.Currency?.Value, record.IssueDate?.Value, pageHashes ?? []);
    }
}

/// <summary>How two invoices are alike.</summary>
public enum DuplicateKind
{
    /// <summary>They differ.</summary>
    None,

    /// <summary>The same but for the number, which is missing or one character off.</summary>
    Soft,

    /// <summary>The pages look the same: scanned twice.</summary>
    NearScan,

    /// <summary>Number, seller and amount are the same.</summary>
    Business,

    /// <summary>The files are the same.</summary>
    SameFile,
}

/// <summary>Finds invoices that came before. A suspect is reported, never dropped.</summary>
public static class DuplicateCheck
{
    // Of 64 bits: more than the noise of two scans of a page, less than two invoices of one layout differ by.
    private const int MaxHashDistance = 6;

    /// <summary>Compares two invoices.</summary>
    public static DuplicateKind Compare(DuplicateKey left, DuplicateKey right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        if (left.Sha256 is { Length: > 0 } && left.Sha256 == right.Sha256)
        {
            return DuplicateKind.SameFile;
        }

        var isSameSeller = left.Seller is not null && left.Seller == right.Seller;
        var isSameAmount = left.Gross is not null && left.Gross == right.Gross && (left.Currency is null || right.Currency is null || left.Currency == right.Currency);
        if (isSameSeller && isSameAmount && left.Number is not null && left.Number == right.Number)
        {
            return DuplicateKind.Business;
        }

        // Two invoices of one layout may look alike on a small hash: a known difference of number or amount outweighs it.
        var differs = (left.Number is not null && right.Number is not null && left.Number != right.Number) || (left.Gross is not null && right.Gross is not null && left.Gross != right.Gross);
        if (!differs && AreNear(left.PageHashes, right.PageHashes))
        {
            return DuplicateKind.NearScan;
        }

        return isSameSeller && isSameAmount && left.IssueDate is not null && left.IssueDate == right.IssueDate
            && (left.Number is null || right.Number is null || IsOneOff(left.Number, right.Number)) ? DuplicateKind.Soft : DuplicateKind.None;
    }

    /// <summary>Flags a record that is like one of those that came before.</summary>
    /// <returns>The strongest likeness.</returns>
    public static DuplicateKind Flag(InvoiceRecord record, IEnumerable<DuplicateKey> earlier, IReadOnlyList<ulong>? pageHashes = null)
    {
        var key = DuplicateKey.Of(record, pageHashes);
        var kind = earlier.Select(other => Compare(key, other)).DefaultIfEmpty().Max();
        if (kind != DuplicateKind.None)
        {
            ReviewReasons.AddOnce(record.Review.Reasons, ReviewReason.DuplicateSuspect);
            record.Review.Required = true;
        }

        return kind;
    }

    private static bool AreNear(IReadOnlyList<ulong> left, IReadOnlyList<ulong> right) =>
        left.Count > 0 && left.Count == right.Count && left.Zip(right).All(pair => BitOperations.PopCount(pair.First ^ pair.Second) <= MaxHashDistance);

    // Edit distance of one at most: the common start and end cover all but one character.
    private static bool IsOneOff(string left, string right)
    {
        var (shorter, longer) = left.Length <= right.Length ? (left, right) : (right, left);
        var start = shorter.AsSpan().CommonPrefixLength(longer);
        return longer.Length - shorter.Length <= 1 && (shorter.Length == longer.Length
            ? start == shorter.Length || shorter.AsSpan(start + 1).SequenceEqual(longer.AsSpan(start + 1))
            : shorter.AsSpan(start).SequenceEqual(longer.AsSpan(start + 1)));
    }
}
