using TaskServices.Inference.Tokenization;
using TaskServices.TextToSql.Generation;
using TaskServices.TextToSql.Schema;
using TaskServices.Tuning.Training;

namespace TaskServices.Tuning.Data;

/// <summary>One optimisation step's text: a schema and some of its questions, tokenised.</summary>
internal sealed record Pack(int[] PrefixTokenIds, IReadOnlyList<TrainingExample> Examples);

/// <summary>Arranges an epoch: questions shuffled, grouped by database, packed behind one schema text each. Deterministic by seed.</summary>
/// <remarks>
/// With augmentation (<see cref="Augmentation"/>): tables and columns are shuffled in half of the packs, an eighth has tables of another
/// database, a quarter lacks a table or some columns, questions and hints are roughened, and one question in thirty is another database's.
/// </remarks>
internal sealed class PackBuilder(ITokenizer tokenizer, int packTokens)
{
    private const int MaxExamples = 24;
    private const int MaxPrefixTokens = 1_400;
    private const int MaxAugmentedPrefixTokens = 700;
    private readonly int _endTokenId = tokenizer.EndTokenIds[0];

    public IReadOnlyList<Pack> Build(IReadOnlyList<TrainingDatabase> databases, int seed, bool augment)
    {
        var random = new Random(seed);
        var augmentation = augment ? new Augmentation(databases, random) : null;
        var packs = new List<Pack>();
        foreach (var database in databases)
        {
            var questions = database.Questions.AsEnumerable();
            if (augmentation is not null)
            {
                questions = questions.Select(question => augmentation.Roughen(question, database.Questions))
                    .Concat(augmentation.Strangers(database).Take(database.Questions.Count / 30));
            }

            // Similar lengths share a pack, so that little is padded; the packs themselves are shuffled below.
            var sorted = questions.Select(question => (Question: question, Tokenise(question).Length))
                .OrderBy(pair => pair.Length + random.Next(12)).ToList();
            var prefixLength = tokenizer.Encode(SchemaText.Write(database.Schema)).Length;
            if (prefixLength > MaxPrefixTokens)
            {
                continue;
            }

            for (var start = 0; start < sorted.Count;)
            {
                var count = 1;
                while (start + count < sorted.Count && count < MaxExamples &&
                    prefixLength + ((count + 1) * sorted[start + count].Length) <= packTokens)
                {
                    count++;
                }

                packs.Add(Write(database.Schema, [.. sorted.Skip(start).Take(count).Select(pair => pair.Question)], augmentation, random));
                start += count;
            }
        }

        var order = packs.ToArray();
        random.Shuffle(order);
        return order;
    }

    private Pack Write(DatabaseSchema schema, IReadOnlyList<PreparedQuestion> questions, Augmentation? augmentation, Random random)
    {
        if (augmentation is not null)
        {
            if (random.Next(4) == 0 && augmentation.Prune(schema, questions, maxUnanswerable: Math.Max(1, questions.Count / 5)) is { } pruned)
            {
                (schema, questions) = pruned;
            }

            if (random.Next(8) == 0 && augmentation.AddDistractors(schema) is var wider &&
                tokenizer.Encode(SchemaText.Write(wider)).Length <= MaxAugmentedPrefixTokens)
            {
                schema = wider;
            }

            schema = random.Next(2) == 0 ? augmentation.Shuffle(schema) : schema;
        }

        return new(tokenizer.Encode(SchemaText.Write(schema)), [.. questions.Select(Tokenise)]);
    }

    private TrainingExample Tokenise(PreparedQuestion question) => new(
        tokenizer.Encode(Prompt.WriteSuffix(question.Question, question.Hints)),
        [.. tokenizer.Encode(" " + question.Target), _endTokenId]);
}
