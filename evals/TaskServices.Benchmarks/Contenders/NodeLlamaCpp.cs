using System.Diagnostics;

namespace TaskServices.Benchmarks.Contenders;

/// <summary>The peer node-llama-cpp: llama.cpp's prebuilt library for Node.js, installed by npm into a cache folder of ours.</summary>
internal static class NodeLlamaCpp
{
    public const string Name = "node-llama-cpp";

    private static readonly string Source = Path.Combine(AppContext.BaseDirectory, "Peers", Name);

    /// <summary>Starts the peer, installing it first where it is not there yet.</summary>
    /// <exception cref="BenchmarkException"><c>PEER_UNAVAILABLE</c>: Node.js or npm is missing, or the packages cannot be installed.</exception>
    public static async Task<Func<Contender>> PrepareAsync(string cacheFolder, CancellationToken cancellationToken)
    {
        var folder = await InstallAsync(cacheFolder, cancellationToken);
        return () => Contender.Start(Name, "node", Path.Combine(Source, "worker.mjs"), folder);
    }

    private static async Task<string> InstallAsync(string cacheFolder, CancellationToken cancellationToken)
    {
        var packages = await File.ReadAllTextAsync(Path.Combine(Source, "package.json"), cancellationToken);
        var folder = Path.Combine(cacheFolder, "peers", Name);
        if (IsInstalled(folder, packages))
        {
            return folder;
        }

        // Beside the folder, then renamed: a folder that is there is whole.
        var staging = folder + "." + Environment.ProcessId;
        Directory.CreateDirectory(staging);
        try
        {
            await RunNpmAsync(staging, packages, cancellationToken);
            if (Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true);
            }

            Directory.Move(staging, folder);
        }
        finally
        {
            if (Directory.Exists(staging))
            {
                Directory.Delete(staging, recursive: true);
            }
        }

        return folder;
    }

    private static bool IsInstalled(string folder, string packages)
    {
        var file = Path.Combine(folder, "package.json");
        return File.Exists(file) && File.ReadAllText(file) == packages;
    }

    private static async Task RunNpmAsync(string folder, string packages, CancellationToken cancellationToken)
    {
        await Console.Error.WriteLineAsync($"installing the peer {Name} with npm…");
        await File.WriteAllTextAsync(Path.Combine(folder, "package.json"), packages, cancellationToken);

        // The library for this platform is named itself: the optional ones are for others, and scripts would look for a compiler.
        var settings = new ProcessStartInfo("npm", ["install", "--omit=optional", "--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock"])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            using var npm = Process.Start(settings)!;
            var (output, error) = (npm.StandardOutput.ReadToEndAsync(cancellationToken), npm.StandardError.ReadToEndAsync(cancellationToken));
            await npm.WaitForExitAsync(cancellationToken);
            await output;
            if (npm.ExitCode != 0)
            {
                var line = (await error).Split('\n').FirstOrDefault(line => line.Contains("error", StringComparison.OrdinalIgnoreCase));
                throw new BenchmarkException("PEER_UNAVAILABLE", $"npm cannot install {Name} ({line?.Trim()}); check the network, or run without --peer.");
            }
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            throw new BenchmarkException(
                "PEER_UNAVAILABLE", $"npm cannot be started ({exception.Message}); install Node.js 20 or later, or run without --peer.", exception);
        }
    }
}
