using System.Diagnostics;

namespace TaskServices.InvoiceOcr.Documents.Sandbox;

/// <summary>Command lines whose limits are set before the program starts: a running .NET process has reserved its address space already.</summary>
internal static class LimitedCommand
{
    // Enough for the runtime's own libraries.
    private const int OpenFiles = 256;

    // Font caches; decoders write no documents.
    private const int FileBytes = 1_000_000;

    private static readonly string[] Folders = ["/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin"];

    private static readonly Lazy<string[]> Jail = new(FindJail);

    /// <summary>Gets what holds beside the limits, in words for people.</summary>
    public static string Description => Jail.Value.Length == 0 ? "limits only" : string.Join(' ', Jail.Value.Where(word => word != "--"));

    /// <exception cref="InvoiceOcrException"><c>SANDBOX_MISSING</c>: without limits, nothing is decoded.</exception>
    public static ProcessStartInfo Create(DocumentLimits limits, int cpuSeconds, string program, IEnumerable<string> arguments)
    {
        var prlimit = Find("prlimit")
            ?? throw new InvoiceOcrException("SANDBOX_MISSING", "prlimit is not installed, and documents are only decoded under limits: apt-get install util-linux");
        var start = new ProcessStartInfo(prlimit)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        string[] words =
        [
            $"--as={limits.DecoderMemoryBytes}", $"--cpu={cpuSeconds}:{cpuSeconds + 5}", $"--fsize={FileBytes}", $"--nofile={OpenFiles}", "--core=0", "--",
            .. Jail.Value, program, .. arguments,
        ];
        Array.ForEach(words, start.ArgumentList.Add);
        // Secrets of this process stay here.
        start.Environment.Clear();
        start.Environment["PATH"] = "/usr/local/bin:/usr/bin:/bin";
        start.Environment["HOME"] = "/dev/null";
        start.Environment["LC_ALL"] = "C.UTF-8";
        return start;
    }

    public static string? Find(string program) =>
        Folders.Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    /// <summary>No new privileges and no network, as far as this machine lets us.</summary>
    private static string[] FindJail()
    {
        string[] noNetwork = [], noPrivileges = [];
        if (Find("unshare") is { } unshare)
        {
            string[][] ways = [[unshare, "--net", "--"], [unshare, "--user", "--net", "--"]];
            noNetwork = ways.FirstOrDefault(Works) ?? [];
        }

        if (Find("setpriv") is { } setpriv && Works([setpriv, "--no-new-privs", "--"]))
        {
            noPrivileges = [setpriv, "--no-new-privs", "--"];
        }

        return [.. noNetwork, .. noPrivileges];
    }

    private static bool Works(string[] words)
    {
        try
        {
            var start = new ProcessStartInfo(words[0], [.. words[1..], "/bin/true"]) { RedirectStandardError = true };
            using var process = Process.Start(start)!;
            process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
