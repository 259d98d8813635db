namespace TaskServices.InvoiceOcr.Documents;

/// <summary>What a file is, by its first bytes: names and media types that came with it are not asked.</summary>
internal static class ContentType
{
    public const string Jpeg = "image/jpeg";
    public const string Png = "image/png";
    public const string Tiff = "image/tiff";
    public const string Pdf = "application/pdf";

    // Readers accept a header that stands anywhere in the first kilobyte.
    private const int PdfHeaderReach = 1024;

    /// <exception cref="InvoiceOcrException"><c>DOCUMENT_EMPTY</c>, <c>DOCUMENT_TYPE_UNSUPPORTED</c>.</exception>
    public static string Of(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            throw new InvoiceOcrException("DOCUMENT_EMPTY", "The file has no bytes.");
        }

        return bytes switch
        {
            [0xFF, 0xD8, 0xFF, ..] => Jpeg,
            [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A, ..] => Png,
            [(byte)'I', (byte)'I', 42, 0, ..] or [(byte)'M', (byte)'M', 0, 42, ..] => Tiff,
            _ when bytes[..Math.Min(bytes.Length, PdfHeaderReach)].IndexOf("%PDF-"u8) >= 0 => Pdf,
            _ => throw new InvoiceOcrException(
                "DOCUMENT_TYPE_UNSUPPORTED", $"The file is {NameOf(bytes)}; JPEG, PNG, TIFF and PDF are read. Convert it."),
        };
    }

    private static string NameOf(ReadOnlySpan<byte> bytes) => bytes switch
    {
        [(byte)'B', (byte)'M', ..] => "a BMP image",
        [(byte)'G', (byte)'I', (byte)'F', (byte)'8', ..] => "a GIF image",
        [(byte)'R', (byte)'I', (byte)'F', (byte)'F', _, _, _, _, (byte)'W', (byte)'E', (byte)'B', (byte)'P', ..] => "a WebP image",
        [(byte)'P', (byte)'K', 3, 4, ..] => "a ZIP archive or an Office document",
        [(byte)'I', (byte)'I', 43, 0, ..] or [(byte)'M', (byte)'M', 0, 43, ..] => "a BigTIFF image",
        [(byte)'<', ..] or [0xEF, 0xBB, 0xBF, (byte)'<', ..] => "XML or HTML",
        _ => "of no type that is known here",
    };
}
