namespace TaskServices.Benchmarks.Micro;

/// <summary>Finds bundled files above the program.</summary>
internal static class RepositoryFiles
{
    public const string Model = "models/smollm2-135m-instruct/SmolLM2-135M-Instruct.Q4_1.gguf";

    public const string Questions = "evals/datasets/spider-dev/questions.jsonl";

    public const string Text = "evals/datasets/perplexity/text.txt";

    /// <exception cref="BenchmarkException"><c>FILE_NOT_FOUND</c>.</exception>
    public static string Find(string relativePath)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var path = Path.Combine(folder.FullName, relativePath);
            if (Path.Exists(path))
            {
                return path;
            }
        }

        throw new BenchmarkException("FILE_NOT_FOUND", $"{relativePath} was not found above the program; run it from a clone of the repository.");
    }
}
