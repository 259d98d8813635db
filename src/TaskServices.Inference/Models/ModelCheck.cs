using System.Numerics.Tensors;
using System.Text.Json;

namespace TaskServices.Inference.Models;

/// <summary>What a comparison with reference logits found.</summary>
/// <param name="Cases">Number of prompts.</param>
/// <param name="WorstErrorInStd">Largest difference of a logit, in standard deviations of that position's logits.</param>
/// <param name="GreedyMatches">Prompts whose greedy continuation is the reference's up to the first near tie.</param>
/// <param name="FirstTokenMatches">Prompts whose first greedy token is the reference's.</param>
/// <param name="Passed">Every greedy continuation matches and the worst error is at most 0.001.</param>
public sealed record ModelCheckResult(int Cases, double WorstErrorInStd, int GreedyMatches, int FirstTokenMatches, bool Passed);

/// <summary>Compares a model with the logits and greedy continuations of a reference implementation.</summary>
public static class ModelCheck
{
    /// <summary>Largest error of an fp32 graph in standard deviations of the logits.</summary>
    public const double Tolerance = 1e-3;

    /// <summary>Runs every case of an <c>expected.json</c> (whole logits, or the best twenty).</summary>
    /// <param name="paddingTokenId">
    /// Token that the reference leaves out of a prompt when it continues it, or null: Hugging Face's <c>generate</c> takes every padding token
    /// for padding, also where a chat prompt means it as the end of a turn. Logits are compared with the prompt as it is.
    /// </param>
    /// <exception cref="InferenceException">The file has another shape.</exception>
    public static ModelCheckResult Run(IModelSession session, string expectedPath, int? paddingTokenId = null)
    {
        var (cases, worst, greedy, first) = (0, 0.0, 0, 0);
        foreach (var expected in ReadCases(expectedPath))
        {
            var outcome = new CheckedCase(session, expected, paddingTokenId).Run();
            cases++;
            worst = Math.Max(worst, outcome.WorstErrorInStd);
            greedy += outcome.GreedyMatches ? 1 : 0;
            first += outcome.FirstTokenMatches ? 1 : 0;
        }

        return new ModelCheckResult(cases, worst, greedy, first, cases > 0 && worst <= Tolerance && greedy == cases);
    }

    /// <summary>Reads the padding token that an imported model's tokenizer names; null where it names none.</summary>
    public static int? FindPaddingToken(string modelDirectory)
    {
        var path = Path.Combine(modelDirectory, "tokenizer.gguf");
        if (!File.Exists(path))
        {
            return null;
        }

        using var file = GgufFile.Open(path);
        return file.Metadata.TryGetValue("tokenizer.ggml.padding_token_id", out var value) && value is ulong id and <= int.MaxValue ? (int)id : null;
    }

    private static List<ExpectedCase> ReadCases(string path)
    {
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(path));
            return [.. json.RootElement.GetProperty("cases").EnumerateArray().Select(ExpectedCase.Parse)];
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new InferenceException("EXPECTED_FILE_INVALID", $"{path}: not a file of expected logits ({exception.Message.Split('\n')[0].TrimEnd('.')}).", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new InferenceException("EXPECTED_FILE_MISSING", $"{path}: not found or not readable.", exception);
        }
    }

    /// <summary>One prompt with what the reference gives for it.</summary>
    internal sealed record ExpectedCase(int[] InputIds, float[]? LogitsLast, float[][]? LogitsAll, int[]? TopIds, float[]? TopLogits, int[] Greedy)
    {
        public static ExpectedCase Parse(JsonElement json) => new(
            Ints(json.GetProperty("input_ids")),
            json.TryGetProperty("logits_last", out var last) ? Floats(last) : null,
            json.TryGetProperty("logits_all", out var all) ? [.. all.EnumerateArray().Select(Floats)] : null,
            json.TryGetProperty("top20_ids", out var ids) ? Ints(ids) : null,
            json.TryGetProperty("top20_logits", out var top) ? Floats(top) : null,
            json.TryGetProperty("greedy_continuation", out var greedy) ? Ints(greedy) : []);

        private static int[] Ints(JsonElement json) => [.. json.EnumerateArray().Select(item => item.GetInt32())];

        private static float[] Floats(JsonElement json) => [.. json.EnumerateArray().Select(item => item.GetSingle())];
    }

    private readonly record struct CaseOutcome(double WorstErrorInStd, bool GreedyMatches, bool FirstTokenMatches);

    private sealed class CheckedCase(IModelSession session, ExpectedCase expected, int? paddingTokenId)
    {
        private readonly int _vocabulary = session.VocabularySize;

        public CaseOutcome Run()
        {
            var all = new float[expected.InputIds.Length * _vocabulary];
            session.Extend(0, 0, expected.InputIds, all);
            var last = all.AsSpan(^_vocabulary..);
            var worst = Math.Max(CompareLast(last), CompareAll(all));
            var firstToken = TensorPrimitives.IndexOfMax(last);
            var first = expected.Greedy.Length == 0 || firstToken == expected.Greedy[0];
            return new CaseOutcome(worst, ContinuesAlike(), first);
        }

        private double CompareLast(ReadOnlySpan<float> actual)
        {
            if (expected.LogitsLast is { } whole)
            {
                return Error(actual, whole);
            }

            if (expected.TopIds is not { } ids || expected.TopLogits is not { } logits)
            {
                return 0;
            }

            var deviation = StandardDeviation(actual);
            var worst = 0.0;
            for (var i = 0; i < ids.Length; i++)
            {
                worst = Math.Max(worst, Math.Abs(actual[ids[i]] - logits[i]) / deviation);
            }

            return worst;
        }

        private double CompareAll(float[] actual) => expected.LogitsAll is not { } rows
            ? 0
            : rows.Select((row, i) => Error(actual.AsSpan(i * _vocabulary, _vocabulary), row)).Max();

        private double Error(ReadOnlySpan<float> actual, float[] reference)
        {
            if (reference.Length != _vocabulary)
            {
                throw new InferenceException("EXPECTED_FILE_INVALID", $"The expected logits have {reference.Length} entries, the model's vocabulary {_vocabulary}.");
            }

            var deviation = StandardDeviation(reference);
            var worst = 0.0;
            for (var i = 0; i < reference.Length; i++)
            {
                worst = Math.Max(worst, Math.Abs(actual[i] - reference[i]) / deviation);
            }

            return worst;
        }

        /// <summary>Decodes greedily until the continuation ends or differs where the two best logits are no near tie.</summary>
        private bool ContinuesAlike()
        {
            var prompt = expected.InputIds.Where(id => id != paddingTokenId).ToArray();
            var logits = new float[_vocabulary];
            session.Extend(0, 0, prompt, logits);
            var length = prompt.Length;
            foreach (var token in expected.Greedy)
            {
                var best = TensorPrimitives.IndexOfMax(logits);
                if (best != token)
                {
                    return logits[best] - logits[token] <= Tolerance * StandardDeviation(logits);
                }

                session.Decode([token], [length++], logits);
            }

            return true;
        }

        private static double StandardDeviation(ReadOnlySpan<float> values)
        {
            var mean = TensorPrimitives.Sum(values) / values.Length;
            var squares = 0.0;
            foreach (var value in values)
            {
                squares += (value - mean) * (double)(value - mean);
            }

            return Math.Sqrt(squares / values.Length);
        }
    }
}
