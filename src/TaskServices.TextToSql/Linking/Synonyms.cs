namespace TaskServices.TextToSql.Linking;

/// <summary>Stems that people say for stems that schemas have, most frequent first.</summary>
/// <remarks>
/// <c>synonyms.txt</c> was counted from Spider-Syn's training questions (CC BY-SA 4.0), those of the validation databases left out: where one or
/// two words of a Spider question were replaced by others, and the same replacement stands at least three times, at most four for a word.
/// </remarks>
internal static class Synonyms
{
    private const string Resource = "TaskServices.TextToSql.Linking.synonyms.txt";

    private static readonly Dictionary<string, string[]> ByStem = Load();

    public static IReadOnlyList<string> Of(string stem) => ByStem.GetValueOrDefault(stem, []);

    private static Dictionary<string, string[]> Load()
    {
        using var stream = typeof(Synonyms).Assembly.GetManifestResourceStream(Resource)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(' ')).ToDictionary(words => words[0], words => words[1..], StringComparer.Ordinal);
    }
}
