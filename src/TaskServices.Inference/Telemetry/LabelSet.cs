using System.Collections.Concurrent;

namespace TaskServices.Inference.Telemetry;

/// <summary>Names that tags may carry: the first ones of each kind, so that no caller can make time series without end. Thread safe.</summary>
internal sealed class LabelSet
{
    /// <summary>How many names of a kind are kept.</summary>
    public const int Capacity = 100;

    /// <summary>Stands for no name.</summary>
    public const string None = "none";

    /// <summary>Stands for every name beyond the first ones.</summary>
    public const string Other = "other";

    private readonly ConcurrentDictionary<string, byte> _models = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, byte> _adapters = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, byte> _tenants = new(StringComparer.Ordinal);

    public string Model(string name) => Bound(_models, name);

    public string Adapter(string? name) => name is null ? None : Bound(_adapters, name);

    public string Tenant(string? name) => name is null ? None : Bound(_tenants, name);

    private static string Bound(ConcurrentDictionary<string, byte> names, string name)
    {
        if (names.ContainsKey(name))
            return name;
        // Two threads may both add a last name; the bound need not be exact.
        return names.Count < Capacity && (names.TryAdd(name, 0) || names.ContainsKey(name)) ? name : Other;
    }
}
