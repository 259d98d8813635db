using System.Text.RegularExpressions;

namespace TaskServices.Inference.Service;

/// <summary>The one folder that adapters are loaded from: what comes over the wire is a name, never a path.</summary>
internal sealed partial class AdapterFolder(string path)
{
    /// <summary>Tells whether a name can be a subfolder's: no separators, and not <c>.</c> or <c>..</c>.</summary>
    public static bool IsName(string name) => Name().IsMatch(name);

    /// <summary>Lists the subfolders that hold an adapter.</summary>
    public IReadOnlyList<string> List() => Directory.Exists(path)
        ? [.. Directory.GetDirectories(path)
            .Where(directory => File.Exists(Path.Combine(directory, "adapter_config.json")) && IsName(Path.GetFileName(directory)))
            .Select(directory => Path.GetFileName(directory))
            .Order(StringComparer.Ordinal)]
        : [];

    /// <summary>Gets the subfolder of an adapter.</summary>
    /// <exception cref="UnknownResourceException"><c>ADAPTER_NOT_FOUND</c>.</exception>
    public string Find(string name)
    {
        var directory = Path.Combine(path, name);
        return IsName(name) && Directory.Exists(directory)
            ? directory
            : throw new UnknownResourceException("ADAPTER_NOT_FOUND", "Adapter", name, $"The adapter folder holds no adapter '{name}'.");
    }

    [GeneratedRegex(@"^[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}\z")]
    private static partial Regex Name();
}
