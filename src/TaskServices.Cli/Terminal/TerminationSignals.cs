using System.Runtime.InteropServices;

namespace TaskServices.Cli.Terminal;

/// <summary>Turns Ctrl-C and SIGTERM into a cancelled token; a second signal ends the process at once.</summary>
internal sealed class TerminationSignals : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration[] _registrations;
    private int _exitCode;

    public TerminationSignals() =>
        _registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, context => OnSignal(context, Cli.ExitCode.Interrupted)),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => OnSignal(context, Cli.ExitCode.Terminated)),
            PosixSignalRegistration.Create(PosixSignal.SIGHUP, context => OnSignal(context, Cli.ExitCode.Terminated)),
        ];

    public CancellationToken Token => _source.Token;

    /// <summary>Gets the exit code that the signal asks for, or null when none came.</summary>
    public int? ExitCode => _exitCode is 0 ? null : _exitCode;

    public void Dispose()
    {
        foreach (var registration in _registrations)
        {
            registration.Dispose();
        }

        _source.Dispose();
    }

    private void OnSignal(PosixSignalContext context, int exitCode)
    {
        context.Cancel = true;
        if (Interlocked.CompareExchange(ref _exitCode, exitCode, 0) is not 0)
        {
            Environment.Exit(exitCode);
        }

        _source.Cancel();
    }
}
