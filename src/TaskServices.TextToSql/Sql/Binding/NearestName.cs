using F23.StringSimilarity;

namespace TaskServices.TextToSql.Sql.Binding;

/// <summary>Finds the known name that a wrong one was meant to be.</summary>
internal static class NearestName
{
    private const double LeastSimilarity = 0.6;

    /// <returns>The most similar candidate, or null where none is similar.</returns>
    public static string? Find(string name, IEnumerable<string> candidates)
    {
        if (name.Length > 64)
            return null;
        var measure = new NormalizedLevenshtein();
        var lower = name.ToLowerInvariant();
        return candidates
            .Where(candidate => candidate.Length <= 64)
            .Select(candidate => (candidate, Similarity: Similarity(measure, lower, candidate.ToLowerInvariant())))
            .Where(pair => pair.Similarity >= LeastSimilarity)
            .OrderByDescending(pair => pair.Similarity).ThenBy(pair => pair.candidate, StringComparer.Ordinal)
            .Select(pair => pair.candidate).FirstOrDefault();
    }

    /// <summary>One name inside the other (singer, singer_name) counts as similar.</summary>
    private static double Similarity(NormalizedLevenshtein measure, string left, string right)
    {
        var similarity = measure.Similarity(left, right);
        return Math.Min(left.Length, right.Length) > 2 && (left.Contains(right, StringComparison.Ordinal) || right.Contains(left, StringComparison.Ordinal))
            ? Math.Max(similarity, LeastSimilarity)
            : similarity;
    }
}
