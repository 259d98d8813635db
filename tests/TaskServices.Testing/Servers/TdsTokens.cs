using System.Text;
using static TaskServices.Testing.Servers.TdsTypes;

namespace TaskServices.Testing.Servers;

/// <summary>Tokens of the server's answers ([MS-TDS] 2.2.7).</summary>
internal static class TdsTokens
{
    private const ushort ErrorBit = 0x02, AttentionBit = 0x20;

    /// <summary>Version, encryption not supported, instance, thread, no MARS.</summary>
    public static byte[] PreLogin { get; } =
    [
        0, 0, 26, 0, 6, 1, 0, 32, 0, 1, 2, 0, 33, 0, 1, 3, 0, 34, 0, 0, 4, 0, 34, 0, 1, 0xFF,
        16, 0, 0x03, 0xE8, 0, 0, 2, 0, 0,
    ];

    public static byte[] LoggedIn(string database)
    {
        byte[] ack = [1, 0x74, 0, 0, 4, .. Short("double"), 16, 0, 0x03, 0xE8];
        return
        [
            .. Change(1, Short(database), Short("master")), .. Change(7, [5, .. Collation], [0]), .. Change(4, Short("4096"), Short("4096")),
            0xAD, .. Number(ack.Length, 2), .. ack, .. Done(0),
        ];
    }

    public static byte[] TransactionBegun(long number) => [.. Change(8, [8, .. Number(number, 8)], [0]), .. Done(0)];

    public static byte[] TransactionEnded(bool committed, long number) => [.. Change(committed ? (byte)9 : (byte)10, [0], [8, .. Number(number, 8)]), .. Done(0)];

    public static byte[] Completed() => Done(0);

    public static byte[] AttentionAcknowledged() => Done(AttentionBit);

    public static byte[] Error(int number, byte severity)
    {
        const string message = "secret of the engine";
        byte[] body = [.. Number(number, 4), 1, severity, .. Number(message.Length, 2), .. Encoding.Unicode.GetBytes(message), .. Short("double"), 0, .. Number(1, 4)];
        return [0xAA, .. Number(body.Length, 2), .. body, .. Done(ErrorBit)];
    }

    public static byte[] Columns(TdsColumn[] columns) =>
        [0x81, .. Number(columns.Length, 2), .. columns.SelectMany(column => (byte[])[0, 0, 0, 0, 9, 0, .. column.Type, .. Short(column.Name)])];

    public static byte[] Row(byte[][] cells) => [0xD1, .. cells.SelectMany(cell => cell)];

    private static byte[] Done(ushort status) => [0xFD, .. Number(status, 2), 0, 0, .. Number(0, 8)];

    private static byte[] Change(byte type, byte[] value, byte[] old) => [0xE3, .. Number(1 + value.Length + old.Length, 2), type, .. value, .. old];

    private static byte[] Short(string text) => [(byte)text.Length, .. Encoding.Unicode.GetBytes(text)];
}
