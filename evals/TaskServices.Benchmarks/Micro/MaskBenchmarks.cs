using BenchmarkDotNet.Attributes;
using TaskServices.Inference.Decoding;
using TaskServices.Inference.Tokenization;
using TaskServices.TextToSql;
using TaskServices.TextToSql.Compact;
using TaskServices.TextToSql.Generation;
using TaskServices.TextToSql.Sql;
using TaskServices.TextToSql.Sql.Parsing;

namespace TaskServices.Benchmarks.Micro;

/// <summary>The mask of allowed tokens at every step of real completions, each grammar shared by its completions as in the service.</summary>
[Config(typeof(LatencyConfig))]
public class MaskBenchmarks
{
    private const string Record = """
        root    ::= "{\"number\": " string ", \"date\": \"" date "\", \"currency\": " one_of("\"EUR\"", "\"USD\"", "\"GBP\"") ", \"total\": " decimal ", \"lines\": [" (line (", " line){0,50})? "]}"
        line    ::= "{\"description\": " string ", \"quantity\": " decimal ", \"amount\": " decimal "}"
        string  ::= "\"" /([^"\\\x00-\x1f]|\\["\\\/bfnrt]){0,120}/ "\""
        date    ::= /[0-9]{4}-[0-9]{2}-[0-9]{2}/
        decimal ::= /-?[0-9]{1,9}(\.[0-9]{1,4})?/
        """;

    private const int TokenLimit = 256;

    private readonly List<(TokenGrammar Grammar, int[] Tokens)> _sql = [];

    private readonly List<(TokenGrammar Grammar, int[] Tokens)> _json = [];

    private ITokenizer _tokenizer = null!;

    private IEnumerator<(IGrammarMatcher Matcher, int TokenId, int Remaining)> _steps = null!;

    private ulong[] _mask = [];

    private IGrammarMatcher _matcher = null!;

    private int _tokenId;

    private int _remaining;

    [GlobalSetup]
    public void Load()
    {
        var tokenizer = _tokenizer = TokenizerLoader.Load(RepositoryFiles.Find(RepositoryFiles.Model));
        _mask = new ulong[(tokenizer.VocabularySize + 63) / 64];
        foreach (var database in SpiderQueries.Read(every: 5).GroupBy(item => item.Schema))
        {
            var grammar = new TokenGrammar(Grammar.Parse(SchemaGrammar.Write(database.Key, mayAbstain: true)), tokenizer);
            foreach (var item in database)
            {
                if (TryEncode(item) is { } compact)
                {
                    _sql.Add((grammar, tokenizer.Encode(" " + compact)));
                }
            }
        }

        var record = new TokenGrammar(Grammar.Parse(Record), tokenizer);
        var random = new Random(1);
        var words = SpiderQueries.Read(every: 5).Select(item => item.Question).ToArray();
        for (var i = 0; i < 60; i++)
        {
            _json.Add((record, tokenizer.Encode(RecordText(random, words))));
        }
    }

    [IterationSetup(Target = nameof(SqlMask))]
    public void NextSqlStep() => NextStep(_sql);

    [IterationSetup(Target = nameof(JsonMask))]
    public void NextJsonStep() => NextStep(_json);

    [IterationSetup(Target = nameof(SpanMask))]
    public void NextSpanStep() => NextStep(Pages());

    [IterationSetup(Target = nameof(SqlCheckOneToken))]
    public void NextCheckedStep() => NextStep(_sql);

    [Benchmark]
    public bool SqlMask() => _matcher.WriteMask(_remaining, _mask);

    [Benchmark]
    public bool JsonMask() => _matcher.WriteMask(_remaining, _mask);

    /// <summary>Two spans copied from a page of 2,000 words; every completion has a page of its own.</summary>
    [Benchmark]
    public bool SpanMask() => _matcher.WriteMask(_remaining, _mask);

    /// <summary>What a step costs where the model's favourite is allowed: no mask is written.</summary>
    [Benchmark]
    public bool SqlCheckOneToken() => _matcher.Allows(_tokenId, _remaining);

    private void NextStep(IEnumerable<(TokenGrammar Grammar, int[] Tokens)> completions)
    {
        _steps ??= Walk(completions).GetEnumerator();
        _steps.MoveNext();
        (_matcher, _tokenId, _remaining) = _steps.Current;
    }

    /// <summary>Walks through completion after completion without end; a step's own token is accepted before the next step.</summary>
    private static IEnumerable<(IGrammarMatcher Matcher, int TokenId, int Remaining)> Walk(IEnumerable<(TokenGrammar Grammar, int[] Tokens)> completions)
    {
        while (true)
        {
            foreach (var (grammar, tokens) in completions)
            {
                var matcher = grammar.CreateMatcher();
                for (var i = 0; i < tokens.Length && matcher.Allows(tokens[i], TokenLimit - i); i++)
                {
                    yield return (matcher, tokens[i], TokenLimit - i);
                    matcher.Accept(tokens[i]);
                }
            }
        }
    }

    private IEnumerable<(TokenGrammar Grammar, int[] Tokens)> Pages()
    {
        var random = new Random(1);
        while (true)
        {
            var words = Enumerable.Range(0, 2_000).Select(_ => string.Concat(Enumerable.Range(0, 2 + random.Next(9))
                .Select(_ => "etaoinshrdlucmfwypvbgkjqxz0123456789.,-€"[(int)(39 * Math.Pow(random.NextDouble(), 2))])));
            var page = string.Join(' ', words);
            var grammar = Grammar.Parse(
                $"root ::= \"{{\\\"seller\\\":\\\"\" piece \"\\\",\\\"total\\\":\\\"\" piece \"\\\"}}\"\npiece ::= substring_of({Grammar.Quote(page)})");
            yield return (new TokenGrammar(grammar, _tokenizer), _tokenizer.Encode($$"""{"seller":"{{Piece()}}","total":"{{Piece()}}"}"""));

            string Piece() => page.Substring(random.Next(page.Length - 40), 5 + random.Next(30));
        }
    }

    private static string? TryEncode(SpiderQueries.Item item)
    {
        try
        {
            return CompactSql.Encode(SqlParser.Parse(item.Sql, SqlDialect.Sqlite), item.Schema);
        }
        catch (TextToSqlException)
        {
            return null; // Not every gold query is in the language.
        }
    }

    private static string RecordText(Random random, string[] words)
    {
        var lines = string.Join(", ", Enumerable.Range(0, random.Next(1, 4)).Select(_ =>
            $"{{\"description\": \"{Text()}\", \"quantity\": {random.Next(1, 20)}, \"amount\": {random.Next(1, 9999)}.{random.Next(10, 99)}}}"));
        return $"{{\"number\": \"INV-{random.Next(100000)}\", \"date\": \"2024-0{random.Next(1, 9)}-1{random.Next(9)}\", \"currency\": \"EUR\", "
            + $"\"total\": {random.Next(1, 99999)}.{random.Next(10, 99)}, \"lines\": [{lines}]}}";

        string Text() => words[random.Next(words.Length)].Replace("\"", "", StringComparison.Ordinal) is var text && text.Length > 100 ? text[..100] : text;
    }
}
