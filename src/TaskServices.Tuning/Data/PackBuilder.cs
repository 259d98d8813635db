using TaskServices.Inference.Tokenization;
using TaskServices.TextToSql.Generation;
using TaskServices.TextToSql.Schema;
using TaskServices.Tuning.Training;

namespace TaskServices.Tuning.Data;

/// <summary>One optimisation step's text: a schema and some of its questions, tokenised.</summary>
internal sealed record Pack(int[] PrefixTokenIds, IReadOnlyList<TrainingExample> Examples);

/// <summary>Arranges an epoch: questions shuffled, grouped by database, packed behind one schema text each. Deterministic by seed.</summary>
/// <remarks>
/// Augmentation, each with the run's random numbers: tables and columns are shuffled in half of the packs, hints are left out of one question in
/// ten, and one question in fourteen is another database's and must be answered by <see cref="SchemaGrammar.Abstention"/>.
/// </remarks>
internal sealed class PackBuilder(ITokenizer tokenizer, int packTokens)
{
    private const int MaxExamples = 24;
    private const int MaxPrefixTokens = 1_400;
    private readonly int _endTokenId = tokenizer.EndTokenIds[0];

    public IReadOnlyList<Pack> Build(IReadOnlyList<TrainingDatabase> databases, int seed, bool augment)
    {
        var random = new Random(seed);
        var packs = new List<Pack>();
        foreach (var database in databases)
        {
            var examples = database.Questions.Select(question => Tokenise(question, augment && random.Next(10) == 0)).ToList();
            if (augment)
            {
                var strangers = Strangers(database, databases, random).Take(database.Questions.Count / 14);
                examples.AddRange(strangers.Select(question => Tokenise(question, dropHints: true)));
            }

            // Similar lengths share a pack, so that little is padded; the packs themselves are shuffled below.
            examples = [.. examples.OrderBy(example => example.Length + random.Next(12))];
            for (var start = 0; start < examples.Count;)
            {
                var schema = augment && random.Next(2) == 0 ? Shuffle(database.Schema, random) : database.Schema;
                var prefix = tokenizer.Encode(SchemaText.Write(schema));
                if (prefix.Length > MaxPrefixTokens)
                {
                    break;
                }

                var count = 1;
                while (start + count < examples.Count && count < MaxExamples &&
                    prefix.Length + ((count + 1) * examples[start + count].Length) <= packTokens)
                {
                    count++;
                }

                packs.Add(new(prefix, examples.GetRange(start, count)));
                start += count;
            }
        }

        var order = packs.ToArray();
        random.Shuffle(order);
        return order;
    }

    private TrainingExample Tokenise(PreparedQuestion question, bool dropHints) => new(
        tokenizer.Encode(Prompt.WriteSuffix(question.Question, dropHints ? [] : question.Hints)),
        [.. tokenizer.Encode(" " + question.Target), _endTokenId]);

    private static IEnumerable<PreparedQuestion> Strangers(TrainingDatabase own, IReadOnlyList<TrainingDatabase> all, Random random)
    {
        while (true)
        {
            var other = all[random.Next(all.Count)];
            var shares = other.Schema.Tables.Any(table => own.Schema.FindTable(table.Name) is not null);
            if (!shares && other.Questions.Count > 0)
            {
                yield return other.Questions[random.Next(other.Questions.Count)] with { Target = SchemaGrammar.Abstention };
            }
            else if (all.Count == 1)
            {
                yield break;
            }
        }
    }

    private static DatabaseSchema Shuffle(DatabaseSchema schema, Random random)
    {
        var tables = schema.Tables.Select(table =>
        {
            var columns = table.Columns.ToArray();
            random.Shuffle(columns.AsSpan(Math.Min(1, columns.Length)));
            return table with { Columns = columns };
        }).ToArray();
        random.Shuffle(tables);
        return new(schema.Name, tables, schema.ForeignKeys);
    }
}
