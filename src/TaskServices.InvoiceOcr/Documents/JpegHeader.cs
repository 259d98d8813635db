using System.Buffers.Binary;

namespace TaskServices.InvoiceOcr.Documents;

/// <summary>What a JPEG file says of itself before its pixels.</summary>
/// <param name="WidthPx">Width, pixels.</param>
/// <param name="HeightPx">Height, pixels.</param>
/// <param name="Orientation">EXIF orientation, 1 to 8.</param>
/// <param name="Dpi">Dots per inch, 0 where it does not say.</param>
internal readonly record struct JpegHeader(int WidthPx, int HeightPx, int Orientation, int Dpi)
{
    private static ReadOnlySpan<byte> EndOfImage => [0xFF, 0xD9];

    /// <exception cref="InvoiceOcrException"><c>DOCUMENT_DAMAGED</c>: no frame header, or the image ends early.</exception>
    public static JpegHeader Read(ReadOnlySpan<byte> bytes)
    {
        var (orientation, dpi) = (1, 0);
        (int Width, int Height)? size = null;
        var at = 2;
        while (at + 4 <= bytes.Length)
        {
            if (bytes[at] != 0xFF)
            {
                throw DocumentErrors.Damaged($"The JPEG image has no marker at byte {at}");
            }

            var marker = bytes[at + 1];
            if (marker is 0xFF or 0x01 or (>= 0xD0 and <= 0xD8))
            {
                at += marker == 0xFF ? 1 : 2;
                continue;
            }

            var length = BinaryPrimitives.ReadUInt16BigEndian(bytes[(at + 2)..]);
            if (length < 2 || at + 2 + length > bytes.Length)
            {
                break;
            }

            var body = bytes.Slice(at + 4, length - 2);
            switch (marker)
            {
                case 0xE0 when body.Length >= 12 && body.StartsWith("JFIF\0"u8):
                    dpi = Density(body[7], BinaryPrimitives.ReadUInt16BigEndian(body[8..]));
                    break;
                case 0xE1 when body.Length > 6 && body.StartsWith("Exif\0\0"u8):
                    (orientation, var exifDpi) = ExifBlock.Read(body[6..]);
                    dpi = exifDpi > 0 ? exifDpi : dpi;
                    break;
                case >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC) when body.Length >= 6:
                    size = (BinaryPrimitives.ReadUInt16BigEndian(body[3..]), BinaryPrimitives.ReadUInt16BigEndian(body[1..]));
                    break;
                case 0xDA when size is { } found:
                    // Inside the scan FF is always followed by 00 or a restart, so this can only be its end.
                    return bytes[at..].IndexOf(EndOfImage) >= 0
                        ? new JpegHeader(found.Width, found.Height, orientation, dpi)
                        : throw DocumentErrors.Damaged("The JPEG image ends early");
            }

            at += 2 + length;
        }

        throw DocumentErrors.Damaged("The JPEG image has no complete header");
    }

    private static int Density(byte unit, int value) => unit switch
    {
        1 => value,
        2 => (int)Math.Round(value * 2.54),
        _ => 0,
    };
}
