using System.Buffers.Binary;

namespace TaskServices.InvoiceOcr.Documents;

/// <summary>Walks the directories of a TIFF file without decoding anything: how many pages, how large, how compressed.</summary>
internal static class TiffPages
{
    private const int WidthTag = 256;
    private const int HeightTag = 257;
    private const int CompressionTag = 259;

    /// <summary>None, G3 (two forms), G4, LZW, JPEG, deflate (two numbers), PackBits. Old-style JPEG (6) is what decoders break on.</summary>
    private static readonly HashSet<uint> Compressions = [1, 2, 3, 4, 5, 7, 8, 32946, 32773];

    /// <summary>Checks every page and returns how many there are.</summary>
    /// <exception cref="InvoiceOcrException">A limit is passed, directories form a circle, or a page is compressed in a way that is not decoded.</exception>
    public static int Check(ReadOnlySpan<byte> bytes, DocumentLimits limits)
    {
        if (bytes.Length < 8)
        {
            throw DocumentErrors.Damaged("The TIFF image ends in its header");
        }

        var little = bytes[0] == 'I';
        var seen = new HashSet<uint>();
        for (var at = UInt32(bytes[4..], little); at != 0;)
        {
            if (!seen.Add(at))
            {
                throw DocumentErrors.Damaged("The TIFF image's pages form a circle");
            }

            limits.CheckPageCount(seen.Count);
            at = CheckDirectory(bytes, at, little, limits);
        }

        return seen.Count > 0 ? seen.Count : throw DocumentErrors.Damaged("The TIFF image has no page");
    }

    private static uint CheckDirectory(ReadOnlySpan<byte> bytes, uint at, bool little, DocumentLimits limits)
    {
        if (at > bytes.Length - 6)
        {
            throw DocumentErrors.Damaged($"The TIFF image names a page at byte {at}, behind its end");
        }

        var count = UInt16(bytes[(int)at..], little);
        var end = at + 2L + (12L * count);
        if (end + 4 > bytes.Length)
        {
            throw DocumentErrors.Damaged("The TIFF image ends in a directory");
        }

        var (width, height, compression) = (0u, 0u, 1u);
        for (var index = 0; index < count; index++)
        {
            var entry = bytes.Slice((int)at + 2 + (12 * index), 12);
            var value = UInt16(entry[2..], little) == 3 ? UInt16(entry[8..], little) : UInt32(entry[8..], little);
            switch (UInt16(entry, little))
            {
                case WidthTag:
                    width = value;
                    break;
                case HeightTag:
                    height = value;
                    break;
                case CompressionTag:
                    compression = value;
                    break;
            }
        }

        // Fax pages have pixels twice as high as wide.
        limits.CheckPage(width, height);
        if (!Compressions.Contains(compression))
        {
            throw new InvoiceOcrException(
                "DOCUMENT_TYPE_UNSUPPORTED", $"The TIFF image's compression {compression} is not decoded: save it with LZW, deflate, JPEG or G4.");
        }

        return UInt32(bytes[(int)end..], little);
    }

    private static ushort UInt16(ReadOnlySpan<byte> bytes, bool little) =>
        little ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : BinaryPrimitives.ReadUInt16BigEndian(bytes);

    private static uint UInt32(ReadOnlySpan<byte> bytes, bool little) =>
        little ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : BinaryPrimitives.ReadUInt32BigEndian(bytes);
}
