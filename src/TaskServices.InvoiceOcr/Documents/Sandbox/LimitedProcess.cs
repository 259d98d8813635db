using System.Diagnostics;

namespace TaskServices.InvoiceOcr.Documents.Sandbox;

/// <summary>A decoder at work: bytes go in, an answer comes out, and no way that it ends harms more than its document.</summary>
internal sealed class LimitedProcess : IAsyncDisposable
{
    private const int SignalExitCode = 128;
    private const int CpuLimitSignal = 24;

    private readonly Process _process;

    private readonly CancellationTokenSource _wall;

    private readonly CancellationTokenRegistration _registration;

    private readonly TimeSpan _wallTime;

    private readonly Task _input;

    private readonly Task _errors;

    private LimitedProcess(Process process, ReadOnlyMemory<byte> input, TimeSpan wallTime, CancellationToken cancellationToken)
    {
        (_process, _wallTime) = (process, wallTime);
        _wall = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _wall.CancelAfter(wallTime);
        // Ends the pipe, so that whoever reads it wakes up.
        _registration = _wall.Token.Register(Kill);
        _input = WriteAsync(process.StandardInput.BaseStream, input);
        _errors = process.StandardError.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None);
    }

    public Stream Output => _process.StandardOutput.BaseStream;

    /// <exception cref="InvoiceOcrException"><c>DECODER_MISSING</c>: the program does not start.</exception>
    public static LimitedProcess Start(ProcessStartInfo start, ReadOnlyMemory<byte> input, TimeSpan wallTime, CancellationToken cancellationToken)
    {
        try
        {
            return new LimitedProcess(Process.Start(start)!, input, wallTime, cancellationToken);
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            throw new InvoiceOcrException("DECODER_MISSING", $"{start.FileName} does not start: install util-linux.", exception);
        }
    }

    /// <summary>Starts the clock anew: a page has arrived.</summary>
    public void RestartClock() => _wall.CancelAfter(_wallTime);

    /// <summary>Waits for the end and says why it came, or null where all went well.</summary>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public async Task<InvoiceOcrException?> FinishAsync(CancellationToken cancellationToken)
    {
        await _process.WaitForExitAsync(CancellationToken.None);
        cancellationToken.ThrowIfCancellationRequested();
        return _process.ExitCode switch
        {
            0 => null,
            _ when _wall.IsCancellationRequested => DocumentErrors.TimedOut(),
            SignalExitCode + CpuLimitSignal => DocumentErrors.TimedOut(),
            _ => DocumentErrors.Crashed(),
        };
    }

    public async ValueTask DisposeAsync()
    {
        Kill();
        await _registration.DisposeAsync();
        await _process.WaitForExitAsync();
        await Task.WhenAll(_input, _errors);
        _process.Dispose();
        _wall.Dispose();
    }

    private static async Task WriteAsync(Stream stream, ReadOnlyMemory<byte> input)
    {
        try
        {
            await using (stream)
            {
                await stream.WriteAsync(input);
            }
        }
        catch (IOException)
        {
            // It has read enough, or it is dead: its exit code says which.
        }
    }

    private void Kill()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It has ended by itself.
        }
    }
}
