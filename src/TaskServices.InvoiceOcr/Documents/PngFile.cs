using System.Buffers.Binary;

namespace TaskServices.InvoiceOcr.Documents;

/// <summary>What a PNG file says of itself, and the same image without the chunks that no page needs (text, colour profiles: known bombs).</summary>
/// <param name="WidthPx">Width, pixels.</param>
/// <param name="HeightPx">Height, pixels.</param>
/// <param name="Dpi">Dots per inch, 0 where it does not say.</param>
/// <param name="Essential">Header, palette, transparency and pixels.</param>
internal sealed record PngFile(long WidthPx, long HeightPx, int Dpi, byte[] Essential)
{
    private const int ChunkOverhead = 12;

    // What follows the end of the image is another file hidden in this one.
    private const int MaximumTrailingBytes = 1_000_000;

    /// <exception cref="InvoiceOcrException"><c>DOCUMENT_DAMAGED</c>.</exception>
    public static PngFile Read(ReadOnlySpan<byte> bytes)
    {
        var (at, width, height, dpi) = (8, 0L, 0L, 0);
        using var essential = new MemoryStream();
        essential.Write(bytes[..8]);
        while (at + ChunkOverhead <= bytes.Length)
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(bytes[at..]);
            if (length > bytes.Length - at - ChunkOverhead)
            {
                break;
            }

            var chunk = bytes.Slice(at, (int)length + ChunkOverhead);
            var type = chunk.Slice(4, 4);
            var body = chunk.Slice(8, (int)length);
            if (at == 8 && !(type.SequenceEqual("IHDR"u8) && length == 13))
            {
                throw DocumentErrors.Damaged("The PNG image has no header");
            }

            if (type.SequenceEqual("IHDR"u8))
            {
                (width, height) = (BinaryPrimitives.ReadUInt32BigEndian(body), BinaryPrimitives.ReadUInt32BigEndian(body[4..]));
            }
            else if (type.SequenceEqual("pHYs"u8) && length == 9 && body[8] == 1)
            {
                var perInch = Math.Round(BinaryPrimitives.ReadUInt32BigEndian(body) * 0.0254);
                dpi = perInch is >= 30 and <= 4800 ? (int)perInch : 0;
            }

            if (type.SequenceEqual("IHDR"u8) || type.SequenceEqual("PLTE"u8) || type.SequenceEqual("tRNS"u8)
                || type.SequenceEqual("IDAT"u8) || type.SequenceEqual("IEND"u8))
            {
                essential.Write(chunk);
            }

            at += chunk.Length;
            if (type.SequenceEqual("IEND"u8))
            {
                return bytes.Length - at <= MaximumTrailingBytes
                    ? new PngFile(width, height, dpi, essential.ToArray())
                    : throw DocumentErrors.Damaged($"{bytes.Length - at} bytes follow the PNG image's end");
            }
        }

        throw DocumentErrors.Damaged("The PNG image ends early");
    }
}
