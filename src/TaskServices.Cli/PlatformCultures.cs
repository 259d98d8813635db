using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace TaskServices.Cli;

/// <summary>
/// Lets a command that may reach SQL Server run with the platform's cultures (ICU), whose code pages that server's driver needs. Everything else
/// runs without, so that ICU need not be installed.
/// </summary>
internal static partial class PlatformCultures
{
    private static readonly string[] Schemes = ["sqlserver", "mssql"];

    /// <summary>
    /// Has to be the first thing that the program does: the runtime reads the switch once, when it first looks at any culture, and ends a process
    /// that was promised ICU and finds none. The environment (<c>DOTNET_SYSTEM_GLOBALIZATION_INVARIANT</c>) has precedence over the switch.
    /// </summary>
    public static void UseWhereNeeded(string[] arguments)
    {
        if (!Array.Exists(arguments, MayNeedThem) || !AreInstalled())
        {
            return;
        }

        AppContext.SetSwitch("System.Globalization.Invariant", false);

        // What is written stays the same in every country.
        CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = CultureInfo.InvariantCulture;
        CultureInfo.DefaultThreadCurrentCulture = CultureInfo.DefaultThreadCurrentUICulture = CultureInfo.InvariantCulture;
    }

    /// <summary>Whether an argument names a SQL Server, or a file that may.</summary>
    internal static bool MayNeedThem(string argument)
    {
        if (argument is "--config" || argument.StartsWith("--config=", StringComparison.Ordinal) || argument.StartsWith("--config:", StringComparison.Ordinal))
        {
            return true;
        }

        // name=scheme://…; comparisons other than these look at cultures.
        var end = argument.IndexOf("://", StringComparison.Ordinal);
        return end >= 0 && Array.Exists(
            Schemes, scheme => end >= scheme.Length && Ascii.EqualsIgnoreCase(argument.AsSpan(end - scheme.Length, scheme.Length), scheme));
    }

    private static bool AreInstalled()
    {
        try
        {
            // Only Linux leaves ICU to the administrator.
            return !OperatingSystem.IsLinux() || LoadIcu() is not 0;
        }
        catch (Exception exception) when (exception is DllNotFoundException or EntryPointNotFoundException)
        {
            return false;
        }
    }

    /// <summary>The runtime's own search for the library: a guess of ours that differs from it would end the process.</summary>
    [LibraryImport("libSystem.Globalization.Native", EntryPoint = "GlobalizationNative_LoadICU")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int LoadIcu();
}
