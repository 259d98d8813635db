using System.Security.Cryptography;
using System.Text.Json;

namespace TaskServices.Evals.Runs;

/// <summary>What decides a run's results; a run is only continued with the same. Written to <c>settings.json</c>.</summary>
/// <param name="Values">Name → value: hashes of data, code and model, seed, limits.</param>
internal sealed record RunSettings(SortedDictionary<string, string> Values)
{
    /// <summary>Gets the SHA-256 over all values.</summary>
    public string Hash { get; } = Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(Values)));

    /// <summary>Gets the names whose values differ.</summary>
    public IReadOnlyList<string> DifferencesFrom(RunSettings other) =>
        [.. Values.Keys.Union(other.Values.Keys).Where(name => Values.GetValueOrDefault(name) != other.Values.GetValueOrDefault(name)).Order(StringComparer.Ordinal)];
}
