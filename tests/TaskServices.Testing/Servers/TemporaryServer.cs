using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace TaskServices.Testing.Servers;

/// <summary>A database server of the tests' own: data in a temporary folder, loopback only, never as root, gone when the tests end.</summary>
internal sealed class TemporaryServer : IDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(1);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("taskservices-server-");
    private readonly string? _user;
    private Process? _process;

    public TemporaryServer()
    {
        Port = FreePort();
        Password = Guid.NewGuid().ToString("N");
        if (Environment.IsPrivilegedProcess)
        {
            // Database servers refuse to run as root, and should.
            _user = "nobody";
            Run("chown", [_user, _folder.FullName]);
        }

        AppDomain.CurrentDomain.ProcessExit += (_, _) => Dispose();
    }

    public int Port { get; }

    /// <summary>Gets a password made for this server alone.</summary>
    public string Password { get; }

    public string Folder => _folder.FullName;

    /// <summary>Finds the first program that exists; null where none does.</summary>
    public static string? FindProgram(params ReadOnlySpan<string> candidates)
    {
        foreach (var candidate in candidates)
        {
            if (File.Exists(candidate))
                return candidate;
        }

        return null;
    }

    /// <summary>Writes a file that the server's user can read.</summary>
    public string WriteFile(string name, string text)
    {
        var path = Path.Combine(Folder, name);
        File.WriteAllText(path, text);
        if (_user is not null)
            Run("chown", [_user, path]);
        return path;
    }

    /// <summary>Runs a set-up program to its end, as the server's user.</summary>
    public void Prepare(string program, params IReadOnlyList<string> arguments) => Run(program, arguments, _user);

    /// <summary>Starts the server and waits until it answers.</summary>
    /// <param name="stopSignal">Signal that ends the server at once and cleanly.</param>
    public void Start(string stopSignal, string program, IReadOnlyList<string> arguments, Action connect)
    {
        // The shell ends the server when its input closes, which also happens where the tests are killed.
        var start = StartInfo("sh", ["-c", "\"$@\" & server=$!; cat >/dev/null; kill -" + stopSignal + " $server; wait $server", "sh", program, .. arguments], _user);
        start.RedirectStandardInput = true;
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, _) => { };
        _process.ErrorDataReceived += (_, _) => { };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                connect();
                return;
            }
            catch (Exception exception) when (exception is System.Data.Common.DbException or SocketException or IOException
                && Stopwatch.GetElapsedTime(started) < StartTimeout && !_process.HasExited)
            {
                Thread.Sleep(100);
            }
        }
    }

    public void Dispose()
    {
        if (_process is { HasExited: false })
        {
            _process.StandardInput.Close();
            if (!_process.WaitForExit(TimeSpan.FromSeconds(20)))
                _process.Kill(entireProcessTree: true);
        }

        try
        {
            _folder.Delete(recursive: true);
        }
        catch (IOException)
        {
            // A server that is still writing; the folder is a temporary one.
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static void Run(string program, IReadOnlyList<string> arguments, string? user = null)
    {
        using var process = Process.Start(StartInfo(program, arguments, user))!;
        var errors = process.StandardError.ReadToEndAsync();
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode is not 0)
            throw new InvalidOperationException($"{program} ended with {process.ExitCode}: {errors.Result.Trim()}");
    }

    private static ProcessStartInfo StartInfo(string program, IReadOnlyList<string> arguments, string? user) => new(
        user is null ? program : "setpriv", user is null ? arguments : ["--reuid", user, "--regid", "nogroup", "--clear-groups", program, .. arguments])
    {
        RedirectStandardOutput = true,
        RedirectStandardError = true,
        WorkingDirectory = "/",
    };
}
