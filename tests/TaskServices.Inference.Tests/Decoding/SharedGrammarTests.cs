using CsCheck;
using TaskServices.Inference.Decoding;
using TaskServices.Inference.Decoding.JsonSchema;

namespace TaskServices.Inference.Tests.Decoding;

/// <summary>One grammar used by many completions at once, and its caches.</summary>
public sealed class SharedGrammarTests
{
    private const string Text = """
        root  ::= "{" pair ("," pair)* "}"
        pair  ::= name ":" value
        name  ::= "\"" /[a-z]{1,12}/ "\""
        value ::= name | root | "[" (value ("," value)*)? "]" | /-?[0-9]{1,9}/ | "'" substring_of("São Paulo, 東京, Zürich") "'"
        """;

    private static readonly FakeTokenizer Tokenizer = new("{\"", "\":", "abc", "ab", "\",\"", "12", "[[", "]]", "São", "東", "ü", "},", "\":{\"");

    [Fact]
    public void CreateMatcher_ManyThreads_GiveWhatOneGives()
    {
        var expected = Enumerable.Range(0, 200).Select(seed => Generate(New(), seed)).ToArray();
        var shared = New();
        var actual = new List<int>[expected.Length];

        Parallel.For(0, expected.Length, new ParallelOptions { MaxDegreeOfParallelism = 8 }, seed => actual[seed] = Generate(shared, seed));

        Assert.Equal(expected, actual);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3_000)]
    [InlineData(30_000)]
    public void CreateMatcher_CacheFullAndRolledOver_ChangesNothing(long maxBytes)
    {
        var small = new TokenGrammar(Grammar.Parse(Text), Tokenizer, maxBytes);
        for (var seed = 0; seed < 60; seed++)
        {
            Assert.Equal(Generate(New(), seed), Generate(small, seed));
        }
    }

    [Fact]
    public void Bytes_ManyCompletions_StayWithinTheBound()
    {
        var grammar = new TokenGrammar(Grammar.Parse(Text), Tokenizer, 200_000);
        long most = 0;
        for (var seed = 0; seed < 300; seed++)
        {
            Generate(grammar, seed);
            most = Math.Max(most, grammar.Bytes);
        }

        // The bound, what one completion adds to a full cache, and the automata themselves.
        Assert.InRange(most, 100_000, 600_000);
    }

    [Fact]
    public void Parse_MutatedGrammars_GivesNothingButTypedErrors()
    {
        string[] seeds =
        [
            Text,
            "root ::= \"a\\x41\\u00e9\\ud83d\\ude00\" /a[^b-d\\]]{2,3}(x|y)*?/ one_of(\"a\", \"b\") # end",
            "root ::= (\"a\"? | b){1,4} b+\nb ::= substring_of(\"né\") | \"x\" b",
        ];
        Mutate(seeds, "\"/\\(){}[]|*+?,:=#-^$.\n a0\u00e9\ud83dxu\0", text => Grammar.Parse(text));
    }

    [Fact]
    public void Write_MutatedSchemas_GivesNothingButTypedErrors()
    {
        string[] seeds =
        [
            """{"$defs":{"n":{"type":["integer","null"],"minimum":1.5}},"type":"object","properties":{"a":{"$ref":"#/$defs/n"},"b":{"pattern":"^a+$","maxLength":3}},"required":["a"],"additionalProperties":false}""",
            """{"anyOf":[{"prefixItems":[{"const":1},{"enum":["x",{}]}],"items":false,"minItems":1},{"format":"date"}]}""",
        ];
        Mutate(seeds, "{}[]\":,\\u0#/$-1.e truefalsn", text => Grammar.Parse(JsonSchemaGrammar.Write(text)));
    }

    private static void Mutate(string[] seeds, string characters, Action<string> parse)
    {
        Gen.Int[0, seeds.Length - 1].SelectMany(which => Gen.Select(Gen.Const(seeds[which]), Gen.Select(Gen.Int[0, 400], Gen.Int[0, 5], Gen.Int[0, characters.Length - 1]).Array[1, 6]))
            .Sample((seed, edits) =>
            {
                var text = seed;
                foreach (var (place, length, character) in edits)
                {
                    var at = place % (text.Length + 1);
                    var removed = Math.Min(length, text.Length - at);
                    text = text[..at] + (length % 2 == 0 ? characters[character].ToString() : string.Empty) + text[(at + removed)..];
                }

                try
                {
                    parse(text);
                }
                catch (GrammarException exception)
                {
                    Assert.DoesNotContain('\n', exception.Message);
                }
            }, iter: 5_000);
    }

    private static TokenGrammar New() => new(Grammar.Parse(Text), Tokenizer);

    private static List<int> Generate(TokenGrammar grammar, int seed) => RandomCompletion.Generate(grammar, new Random(seed), 60);
}
