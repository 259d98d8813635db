using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace TaskServices.Testing.Servers;

/// <summary>A whole message of the client.</summary>
internal sealed record TdsMessage(byte Type, byte Status, byte[] Body)
{
    /// <summary>Gets what follows the headers that say which transaction a request belongs to.</summary>
    public ReadOnlySpan<byte> Request => Body.AsSpan(BinaryPrimitives.ReadInt32LittleEndian(Body));

    /// <summary>Gets a field of LOGIN7 by the place of its offset.</summary>
    public string LoginField(int at) =>
        Encoding.Unicode.GetString(Body, BinaryPrimitives.ReadUInt16LittleEndian(Body.AsSpan(at)), BinaryPrimitives.ReadUInt16LittleEndian(Body.AsSpan(at + 2)) * 2);

    /// <summary>Gets the statement of an <c>sp_executesql</c>: its first parameter, an nvarchar with or without chunks.</summary>
    public string ExecutedSql()
    {
        var request = Request;
        if (request[0] is not 0xFF || request[2] is not 10)
            throw new InvalidDataException("Only sp_executesql is played.");
        var type = request[8..]; // procedure 4, options 2, no name 1, status 1
        var length = BinaryPrimitives.ReadUInt16LittleEndian(type[8..]);
        return BinaryPrimitives.ReadUInt16LittleEndian(type[1..]) is 0xFFFF ? Chunks(type[16..]) : Encoding.Unicode.GetString(type.Slice(10, length));
    }

    private static string Chunks(ReadOnlySpan<byte> rest)
    {
        var text = new StringBuilder();
        for (int length; (length = BinaryPrimitives.ReadInt32LittleEndian(rest)) > 0; rest = rest[(4 + length)..])
            text.Append(Encoding.Unicode.GetString(rest.Slice(4, length)));
        return text.ToString();
    }
}

/// <summary>Cuts messages into packets and puts them together again ([MS-TDS] 2.2.3).</summary>
internal sealed class TdsMessages(NetworkStream stream)
{
    private const int HeaderBytes = 8, PacketBytes = 4096;
    private const byte Result = 4, EndOfMessage = 1;
    private readonly List<byte> _out = [];

    public bool HasNext => stream.DataAvailable;

    /// <returns>Null when the client is gone.</returns>
    public async Task<TdsMessage?> ReadAsync(CancellationToken cancellationToken)
    {
        var header = new byte[HeaderBytes];
        var body = new MemoryStream();
        byte? firstStatus = null;
        do
        {
            if (await stream.ReadAtLeastAsync(header, HeaderBytes, throwOnEndOfStream: false, cancellationToken) < HeaderBytes)
                return null;
            firstStatus ??= header[1];
            var packet = new byte[BinaryPrimitives.ReadUInt16BigEndian(header.AsSpan(2)) - HeaderBytes];
            await stream.ReadExactlyAsync(packet, cancellationToken);
            body.Write(packet);
        }
        while ((header[1] & EndOfMessage) == 0);
        return new(header[0], firstStatus.Value, body.ToArray());
    }

    /// <summary>Adds to the answer; whole packets leave at once.</summary>
    public async Task AddAsync(byte[] tokens, CancellationToken cancellationToken)
    {
        _out.AddRange(tokens);
        while (_out.Count > PacketBytes - HeaderBytes)
            await SendAsync(PacketBytes - HeaderBytes, 0, cancellationToken);
    }

    public Task EndAsync(CancellationToken cancellationToken) => SendAsync(_out.Count, EndOfMessage, cancellationToken);

    private async Task SendAsync(int count, byte status, CancellationToken cancellationToken)
    {
        var length = count + HeaderBytes;
        byte[] packet = [Result, status, (byte)(length >> 8), (byte)length, 0, 0, 1, 0, .. _out.Take(count)];
        _out.RemoveRange(0, count);
        await stream.WriteAsync(packet, cancellationToken);
    }
}
