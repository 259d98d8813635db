using TaskServices.Inference.Tokenization;
using TaskServices.Testing;
using TaskServices.TextToSql.Generation;
using TaskServices.TextToSql.Schema;
using TaskServices.Tuning.Data;

namespace TaskServices.Tuning.Tests;

public sealed class PackBuilderTests
{
    private static readonly ITokenizer Tokenizer =
        TokenizerLoader.Load(TestFiles.InRepository("models", "smollm2-135m-instruct", "SmolLM2-135M-Instruct.Q4_1.gguf"));

    private static readonly TrainingDatabase Music = new(
        "music",
        new DatabaseSchema(
            "music",
            [
                new("singer", [Column("singer_id", ColumnType.Number), Column("name"), Column("age", ColumnType.Number), Column("country")], ["singer_id"]),
                new("concert", [Column("concert_id", ColumnType.Number), Column("title"), Column("singer_id", ColumnType.Number)], ["concert_id"]),
                new("venue", [Column("venue_id", ColumnType.Number), Column("city"), Column("seats", ColumnType.Number)], ["venue_id"]),
            ],
            [new("concert", ["singer_id"], "singer", ["singer_id"])]),
        [
            .. Enumerable.Range(1, 40).Select(i => new PreparedQuestion($"Which singers are older than {i}?", [], $"select singer.name where singer.age > {i}")),
            .. Enumerable.Range(1, 40).Select(i => new PreparedQuestion($"How old are singers of concert number {i}?", [], $"select singer.age where concert.title = '{i}'")),
        ]);

    private static readonly TrainingDatabase Parks = new(
        "parks",
        new DatabaseSchema("parks", [new("park", [Column("park_id", ColumnType.Number), Column("area", ColumnType.Number)], ["park_id"])], []),
        [.. Enumerable.Range(1, 30).Select(i => new PreparedQuestion($"Is park {i} large?", [], $"select park.area where park.park_id = {i}"))]);

    [Fact]
    public void Build_Augmented_KeepsEveryQuestionOnceAndItsTargetOrAbstains()
    {
        var texts = Texts(new PackBuilder(Tokenizer, 1_300).Build([Music, Parks], seed: 3, augment: true)).ToList();
        var known = Music.Questions.Concat(Parks.Questions).ToDictionary(question => question.Question.TrimEnd('?').ToUpperInvariant(), question => question.Target);

        Assert.All(texts, text => Assert.Contains(text.Target, new[] { known[text.Question.TrimEnd('?').ToUpperInvariant()], SchemaGrammar.Abstention }));
        Assert.InRange(texts.Count(text => text.Target != SchemaGrammar.Abstention), 90, 110);
        Assert.InRange(texts.Count(text => text.Target == SchemaGrammar.Abstention), 1, 25);
    }

    [Fact]
    public void Build_Augmented_AbstainsExactlyWhereTheSchemaLacksTheAnswer()
    {
        foreach (var seed in Enumerable.Range(0, 6))
        {
            foreach (var pack in new PackBuilder(Tokenizer, 1_300).Build([Music], seed, augment: true))
            {
                var schema = Tokenizer.Decode(pack.PrefixTokenIds);
                foreach (var (question, target) in Texts([pack]))
                {
                    var needed = question.Contains("OLDER", StringComparison.OrdinalIgnoreCase) ? (string[])["name", "age num"] : ["age num", "title", "concert("];
                    Assert.True(needed.All(schema.Contains) == (target != SchemaGrammar.Abstention), $"{schema}\n{question}\n{target}");
                }
            }
        }
    }

    [Fact]
    public void Build_SameSeed_GivesTheSamePacks()
    {
        var builder = new PackBuilder(Tokenizer, 1_300);

        Assert.Equal(
            Texts(builder.Build([Music, Parks], seed: 5, augment: true)), Texts(builder.Build([Music, Parks], seed: 5, augment: true)));
    }

    [Fact]
    public void Read_WikiSql_WritesQuotedColumnsOfTheRightTable()
    {
        var path = TestFiles.TryShared("data", "sql", "wikisql", "train.jsonl");
        Assert.SkipWhen(path is null, "the shared WikiSQL part is not there");
        var reader = new WikiSqlReader();

        var databases = reader.Read(path!);

        var question = databases.SelectMany(database => database.Questions).Single(q => q.Question == "Who is the player that wears number 42?");
        Assert.Matches("""^select [a-z_0-9]+\.player where [a-z_0-9]+\."no\." = (42|'42')$""", question.Target);
        Assert.All(databases, database => Assert.InRange(database.Schema.Tables.Count, 1, 5));
        Assert.True(reader.Dropped["WIKISQL_VALUE_NOT_IN_QUESTION"] > 0);
    }

    private static IEnumerable<(string Question, string Target)> Texts(IEnumerable<Pack> packs) => packs.SelectMany(pack => pack.Examples).Select(example =>
    {
        var suffix = Tokenizer.Decode(example.SuffixTokenIds);
        return (suffix.Split('\n')[1]["Q: ".Length..], Tokenizer.Decode(example.TargetTokenIds.AsSpan(0, example.TargetTokenIds.Length - 1)).Trim());
    });

    private static ColumnSchema Column(string name, ColumnType type = ColumnType.Text) => new(name, "", type);
}
