using System.Buffers.Binary;
using System.Text;

namespace TaskServices.Testing.Servers;

/// <summary>A column as COLMETADATA describes it ([MS-TDS] 2.2.5.4).</summary>
internal sealed record TdsColumn(string Name, byte[] Type);

/// <summary>Types and values in the bytes of the protocol.</summary>
internal static class TdsTypes
{
    public static readonly byte[] Collation = [0x09, 0x04, 0xD0, 0x00, 0x34];

    public static readonly byte[] Null = [0], NullText = [0xFF, 0xFF];

    public static TdsColumn BigInt(string name) => new(name, [0x26, 8]);

    public static TdsColumn Bit(string name) => new(name, [0x68, 1]);

    public static TdsColumn Float(string name) => new(name, [0x6D, 8]);

    public static TdsColumn Money(string name) => new(name, [0x6E, 8]);

    public static TdsColumn Date(string name) => new(name, [0x28]);

    public static TdsColumn Time(string name) => new(name, [0x29, 7]);

    public static TdsColumn DateTime2(string name) => new(name, [0x2A, 7]);

    public static TdsColumn DateTimeOffset(string name) => new(name, [0x2B, 7]);

    public static TdsColumn Guid(string name) => new(name, [0x24, 16]);

    public static TdsColumn Decimal(string name, byte precision, byte scale) => new(name, [0x6C, 17, precision, scale]);

    public static TdsColumn Text(string name) => new(name, [0xE7, 0x40, 0x1F, .. Collation]);

    public static TdsColumn LongText(string name) => new(name, [0xE7, 0xFF, 0xFF, .. Collation]);

    public static TdsColumn Bytes(string name) => new(name, [0xA5, 0x40, 0x1F]);

    public static byte[] Value(long value) => [8, .. Number(value, 8)];

    public static byte[] Value(bool value) => [1, value ? (byte)1 : (byte)0];

    public static byte[] Value(double value) => [8, .. BitConverter.GetBytes(value)];

    public static byte[] Value(string value) => [.. Number(value.Length * 2, 2), .. Encoding.Unicode.GetBytes(value)];

    public static byte[] LongValue(string value) => [.. Number(value.Length * 2, 8), .. Number(value.Length * 2, 4), .. Encoding.Unicode.GetBytes(value), 0, 0, 0, 0];

    public static byte[] Value(byte[] value) => [.. Number(value.Length, 2), .. value];

    public static byte[] Value(Guid value) => [16, .. value.ToByteArray()];

    public static byte[] Value(DateOnly value) => [3, .. Number(value.DayNumber, 3)];

    public static byte[] Value(TimeSpan value) => [5, .. Number(value.Ticks, 5)];

    public static byte[] Value(DateTime value) => [8, .. Number(value.TimeOfDay.Ticks, 5), .. Number(DateOnly.FromDateTime(value).DayNumber, 3)];

    public static byte[] Value(DateTimeOffset value) => [10, .. Value(value.UtcDateTime)[1..], .. Number((long)value.Offset.TotalMinutes, 2)];

    public static byte[] DecimalValue(Int128 unscaled)
    {
        var magnitude = new byte[16];
        BinaryPrimitives.WriteInt128LittleEndian(magnitude, Int128.Abs(unscaled));
        return [17, unscaled < 0 ? (byte)0 : (byte)1, .. magnitude];
    }

    /// <summary>Ten-thousandths, the higher half first.</summary>
    public static byte[] MoneyValue(decimal value)
    {
        var number = (long)(value * 10_000);
        return [8, .. Number(number >> 32, 4), .. Number(number & 0xFFFF_FFFF, 4)];
    }

    public static byte[] Number(long value, int length) => BitConverter.GetBytes(value)[..length];
}
