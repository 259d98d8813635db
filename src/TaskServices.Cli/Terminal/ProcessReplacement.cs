using System.ComponentModel;
using System.Runtime.InteropServices;

namespace TaskServices.Cli.Terminal;

/// <summary>Hands this process over to another program (<c>execv</c>): signals, streams and exit code are then its own.</summary>
internal static partial class ProcessReplacement
{
    /// <returns>Never, when the program starts.</returns>
    /// <exception cref="CliException">The program cannot be started.</exception>
    public static int Start(string path, IReadOnlyList<string> arguments)
    {
        Console.Out.Flush();
        _ = Execute(path, [path, .. arguments, null]);
        var error = new Win32Exception(Marshal.GetLastPInvokeError()).Message;
        throw CliException.Environment("PROGRAM_NOT_STARTED", $"{path} could not be started: {error}.");
    }

    [LibraryImport("libc", EntryPoint = "execv", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Execute(string path, string?[] arguments);
}
