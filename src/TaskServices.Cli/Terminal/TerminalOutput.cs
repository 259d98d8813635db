using System.Text;
using Spectre.Console;

namespace TaskServices.Cli.Terminal;

/// <summary>The consoles behind stdout (answers) and stderr (progress, logs).</summary>
internal static class TerminalOutput
{
    // A file or a pipe has no width; wide enough for most rows, so that they can be searched line by line.
    private const int RedirectedWidth = 160;

    public static IAnsiConsole Out { get; } = Create(Console.Out, Console.IsOutputRedirected);

    public static IAnsiConsole Error { get; } = Create(Console.Error, Console.IsErrorRedirected);

    /// <summary>Gets whether a person watches stderr, so that a progress bar makes sense.</summary>
    public static bool IsInteractive => !Console.IsErrorRedirected && Error.Profile.Capabilities.Ansi;

    /// <summary>Makes both streams UTF-8, whatever the locale says: JSON is UTF-8 by definition.</summary>
    public static void UseUtf8() => Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);

    private static IAnsiConsole Create(TextWriter writer, bool redirected)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(writer) });
        if (redirected)
        {
            console.Profile.Width = RedirectedWidth;
        }

        return console;
    }
}
