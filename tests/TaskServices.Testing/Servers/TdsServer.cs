using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace TaskServices.Testing.Servers;

/// <summary>A double of SQL Server: TDS 7.4 without encryption, one user, answers by a function of the statement.</summary>
internal sealed class TdsServer : IAsyncDisposable
{
    private const byte Batch = 1, Rpc = 3, Attention = 6, TransactionRequest = 14, Login = 16, PreLogin = 18;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<string, TdsAnswer> _answer;
    private readonly Task _accepting;
    private long _transactions;

    public TdsServer(Func<string, TdsAnswer> answer)
    {
        _answer = answer;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>Gets everything that clients did, in order: <c>login</c>, <c>begin</c>, <c>rollback</c>, <c>commit</c>, <c>attention</c>, <c>reset</c>, and statements.</summary>
    public ConcurrentQueue<string> Log { get; } = new();

    public bool ReadOnlyIntent { get; private set; }

    public int Connections { get; private set; }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public string ConnectionString(string user = "reader") =>
        $"Server=127.0.0.1,{Port};Database=shop;User ID={user};Password=p;Encrypt=Optional;Connect Timeout=10";

    /// <summary>Waits until a client has done something; the token bounds it.</summary>
    public async Task WaitForAsync(string line, CancellationToken cancellationToken)
    {
        while (!Log.Contains(line))
            await Task.Delay(10, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var clients = new List<Task>();
        try
        {
            while (true)
                clients.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(clients);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var owned = client;
        client.NoDelay = true;
        Connections++;
        var messages = new TdsMessages(client.GetStream());
        try
        {
            while (await messages.ReadAsync(_stop.Token) is { } message)
            {
                if ((message.Status & 8) != 0)
                    Log.Enqueue("reset");
                await AnswerAsync(messages, message);
                await messages.EndAsync(_stop.Token);
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or SocketException)
        {
            // The client left.
        }
    }

    private Task AnswerAsync(TdsMessages messages, TdsMessage message)
    {
        switch (message.Type)
        {
            case PreLogin:
                return messages.AddAsync(TdsTokens.PreLogin, _stop.Token);
            case Login:
                Log.Enqueue("login");
                ReadOnlyIntent = (message.Body[26] & 0x20) != 0;
                var known = message.LoginField(40) is "reader";
                return messages.AddAsync(known ? TdsTokens.LoggedIn(message.LoginField(68)) : TdsTokens.Error(18456, 14), _stop.Token);
            case TransactionRequest:
                return messages.AddAsync(Transact(BinaryPrimitives.ReadInt16LittleEndian(message.Request)), _stop.Token);
            case Attention:
                Log.Enqueue("attention");
                return messages.AddAsync(TdsTokens.AttentionAcknowledged(), _stop.Token);
            case Batch:
                return RunAsync(messages, Encoding.Unicode.GetString(message.Request));
            case Rpc:
                return RunAsync(messages, message.ExecutedSql());
            default:
                throw new InvalidDataException($"Message {message.Type} is not played.");
        }
    }

    private byte[] Transact(int request)
    {
        const int begin = 5, commit = 7;
        if (request is begin)
        {
            Log.Enqueue("begin");
            return TdsTokens.TransactionBegun(Interlocked.Increment(ref _transactions));
        }

        Log.Enqueue(request is commit ? "commit" : "rollback");
        return TdsTokens.TransactionEnded(request is commit, _transactions);
    }

    private async Task RunAsync(TdsMessages messages, string sql)
    {
        Log.Enqueue(sql);
        switch (_answer(sql))
        {
            case TdsRows rows:
                await messages.AddAsync(TdsTokens.Columns(rows.Columns), _stop.Token);
                var count = 0;
                foreach (var row in rows.Values)
                {
                    await messages.AddAsync(TdsTokens.Row(row), _stop.Token);
                    if (++count % 100 == 0 && messages.HasNext)
                    {
                        await EndByAttentionAsync(messages);
                        return;
                    }
                }

                await messages.AddAsync(TdsTokens.Completed(), _stop.Token);
                break;
            case TdsError error:
                await messages.AddAsync(TdsTokens.Error(error.Number, error.Severity), _stop.Token);
                break;
            case TdsNever:
                await EndByAttentionAsync(messages);
                break;
            default:
                await messages.AddAsync(TdsTokens.Completed(), _stop.Token);
                break;
        }
    }

    private async Task EndByAttentionAsync(TdsMessages messages)
    {
        if (await messages.ReadAsync(_stop.Token) is not { Type: Attention })
            throw new IOException("The client left, or spoke out of turn.");
        Log.Enqueue("attention");
        await messages.AddAsync(TdsTokens.AttentionAcknowledged(), _stop.Token);
    }
}
