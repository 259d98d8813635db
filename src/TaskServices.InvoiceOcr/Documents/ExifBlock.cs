using System.Buffers.Binary;

namespace TaskServices.InvoiceOcr.Documents;

/// <summary>Reads the two facts of an EXIF block that a page needs. Whatever does not fit is not there: EXIF is often broken and never needed.</summary>
internal static class ExifBlock
{
    private const int OrientationTag = 0x0112;
    private const int ResolutionTag = 0x011A;
    private const int UnitTag = 0x0128;

    public static (int Orientation, int Dpi) Read(ReadOnlySpan<byte> tiff)
    {
        var (orientation, resolution, unit) = (1, 0.0, 2);
        if (tiff.Length < 8)
        {
            return (1, 0);
        }

        var little = tiff[0] == 'I';
        var start = UInt32(tiff[4..], little);
        if (start > tiff.Length - 2)
        {
            return (1, 0);
        }

        var count = UInt16(tiff[(int)start..], little);
        for (var index = 0; index < count; index++)
        {
            var entryStart = start + 2 + (12L * index);
            if (entryStart + 12 > tiff.Length)
            {
                break;
            }

            var entry = tiff.Slice((int)entryStart, 12);
            switch (UInt16(entry, little))
            {
                case OrientationTag:
                    orientation = UInt16(entry[8..], little);
                    break;
                case UnitTag:
                    unit = UInt16(entry[8..], little);
                    break;
                case ResolutionTag when UInt32(entry[8..], little) is var at && at + 8L <= tiff.Length:
                    resolution = UInt32(tiff[(int)at..], little) / (double)Math.Max(1, UInt32(tiff[((int)at + 4)..], little));
                    break;
            }
        }

        var dpi = resolution * (unit == 3 ? 2.54 : 1);
        return (orientation is >= 1 and <= 8 ? orientation : 1, dpi is >= 30 and <= 4800 ? (int)Math.Round(dpi) : 0);
    }

    private static ushort UInt16(ReadOnlySpan<byte> bytes, bool little) =>
        little ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : BinaryPrimitives.ReadUInt16BigEndian(bytes);

    private static uint UInt32(ReadOnlySpan<byte> bytes, bool little) =>
        little ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : BinaryPrimitives.ReadUInt32BigEndian(bytes);
}
