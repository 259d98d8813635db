using F23.StringSimilarity;

namespace TaskServices.TextToSql.Linking;

/// <summary>Finds values that differ from a text by a letter or two. Immutable, safe from several threads.</summary>
/// <remarks>A slip leaves the first or the last letters of a long text alone: only values that share either are compared.</remarks>
internal sealed class NearValues
{
    private const int EdgeLength = 3;

    // A shorter text has too many neighbours by chance.
    private const int MinLength = 5, MinLengthForTwo = 10;

    private static readonly Levenshtein Distance = new();

    private readonly ILookup<string, string> _byStart;
    private readonly ILookup<string, string> _byEnd;

    /// <param name="keys">Texts in the form of <see cref="ValueIndex.ToKey"/>.</param>
    public NearValues(IEnumerable<string> keys)
    {
        var known = keys.Where(key => key.Length >= MinLength - 1).ToList();
        _byStart = known.ToLookup(key => key[..EdgeLength], StringComparer.Ordinal);
        _byEnd = known.ToLookup(key => key[^EdgeLength..], StringComparer.Ordinal);
    }

    /// <returns>The keys at the least distance: one letter, two for long texts; empty where there is none.</returns>
    public IReadOnlyList<string> Find(string key)
    {
        if (key.Length < MinLength)
            return [];
        var most = key.Length >= MinLengthForTwo ? 2 : 1;
        var near = _byStart[key[..EdgeLength]].Concat(_byEnd[key[^EdgeLength..]]).Distinct(StringComparer.Ordinal)
            .Where(known => Math.Abs(known.Length - key.Length) <= most)
            .Select(known => (known, Distance: Distance.Distance(known, key, most + 1)))
            .Where(pair => pair.Distance <= most).ToList();
        return near.Count == 0 ? [] : [.. near.Where(pair => pair.Distance == near.Min(other => other.Distance)).Select(pair => pair.known)];
    }
}
