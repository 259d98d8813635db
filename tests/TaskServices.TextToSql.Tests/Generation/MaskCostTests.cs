using System.Diagnostics;
using System.Globalization;
using System.Runtime;
using System.Runtime.InteropServices;
using System.Text.Json;
using TaskServices.Inference.Decoding;
using TaskServices.Inference.Decoding.JsonSchema;
using TaskServices.Inference.Tokenization;
using TaskServices.Testing;
using TaskServices.TextToSql.Compact;
using TaskServices.TextToSql.Generation;
using TaskServices.TextToSql.Schema;
using TaskServices.TextToSql.Sql;
using TaskServices.TextToSql.Sql.Parsing;

namespace TaskServices.TextToSql.Tests.Generation;

/// <summary>What masks cost on real texts; prints figures, asserts nothing about time. CONTRIBUTING has the command.</summary>
/// <remarks>Times are those of the thread's processor time, so that a busy machine does not spoil them; wall time stands beside them.</remarks>
public sealed class MaskCostTests
{
    private const int Limit = 256;

    private readonly ITokenizer _tokenizer =
        TokenizerLoader.Load(TestFiles.InRepository("models", "smollm2-135m-instruct", "SmolLM2-135M-Instruct.Q4_1.gguf"));

    [Fact(Explicit = true)]
    public void WriteMask_GoldQueriesOfSpider_CostsLittle()
    {
        var folder = TestFiles.InRepository("evals", "datasets", "spider-dev");
        var texts = new Dictionary<string, (DatabaseSchema Schema, Grammar Grammar, List<string> Texts)>();
        var outside = 0;
        foreach (var line in File.ReadLines(Path.Combine(folder, "questions.jsonl")))
        {
            using var question = JsonDocument.Parse(line);
            var database = question.RootElement.GetProperty("db_id").GetString()!;
            if (!texts.TryGetValue(database, out var entry))
            {
                var schema = SqliteSchemaReader.Read(Directory.GetFiles(Path.Combine(folder, "databases", database), "*.sqlite")[0]);
                texts[database] = entry = (schema, Grammar.Parse(SchemaGrammar.Write(schema, mayAbstain: true)), []);
            }

            var text = Encode(question.RootElement.GetProperty("query").GetString()!, entry.Schema);
            if (text is not null && entry.Grammar.Accepts(text))
            {
                entry.Texts.Add(text);
            }
            else
            {
                outside++;
            }
        }

        Print($"{texts.Values.Sum(entry => entry.Texts.Count)} texts, {outside} outside the grammar");
        var served = new Times();
        long memory = 0;
        foreach (var (_, grammar, queries) in texts.Values)
        {
            var clock = Stopwatch.StartNew();
            var kept = new TokenGrammar(grammar, _tokenizer);
            served.Compile.Add(clock.Elapsed.TotalMicroseconds);
            foreach (var query in queries)
            {
                Drive(kept, query, served);
            }

            memory = Math.Max(memory, kept.Bytes);
        }

        Print($"one grammar a schema, at most {memory >> 10} KB: {served}");
    }

    [Fact(Explicit = true)]
    public void WriteMask_JsonAndPages_CostsLittle()
    {
        var schema = """
            {"type":"object","properties":{"name":{"type":"string","maxLength":80},"tags":{"type":"array","items":{"enum":["red","green","blue"]}},
            "born":{"type":"string","format":"date"},"size":{"type":"number","minimum":0,"maximum":250.5},"note":{"type":"string"}},
            "required":["name","tags","born","size","note"],"additionalProperties":false}
            """;
        var random = new Random(3);
        string Words(int count) => string.Join(' ', Enumerable.Range(0, count).Select(_ => string.Concat(
            Enumerable.Range(0, 2 + random.Next(9)).Select(_ => "etaoinshrdlucmfwypvbgkjqxz0123456789.,-€"[(int)(39 * Math.Pow(random.NextDouble(), 2))]))));
        var json = new Times();
        var grammar = Grammar.Parse(JsonSchemaGrammar.Write(schema));
        for (var i = 0; i < 100; i++)
        {
            var text = $$"""{"name":"{{Words(4)}}","tags":["red","blue"],"born":"1999-0{{1 + (i % 9)}}-11","size":{{i}}.25,"note":"{{Words(20)}} \"quoted\" \\ {{Words(3)}}"}""";
            var clock = Stopwatch.StartNew();
            var bound = new TokenGrammar(grammar, _tokenizer);
            json.Compile.Add(clock.Elapsed.TotalMicroseconds);
            Drive(bound, text, json);
        }

        Print($"JSON Schema, no mask known when a text begins: {json}");
        var pages = new Times();
        for (var i = 0; i < 40; i++)
        {
            var words = Words(2_000);
            var page = Grammar.Parse($"root ::= \"{{\\\"seller\\\":\\\"\" piece \"\\\",\\\"total\\\":\\\"\" piece \"\\\"}}\"\npiece ::= substring_of({Grammar.Quote(words)})");
            string Piece() => words.Substring(random.Next(words.Length - 40), 5 + random.Next(30));
            var clock = Stopwatch.StartNew();
            var bound = new TokenGrammar(page, _tokenizer);
            pages.Compile.Add(clock.Elapsed.TotalMicroseconds);
            Drive(bound, $$"""{"seller":"{{Piece()}}","total":"{{Piece()}}"}""", pages);
        }

        Print($"span of a page of 2,000 words, first use of the page: {pages}");
    }

    private static string? Encode(string query, DatabaseSchema schema)
    {
        try
        {
            return " " + CompactSql.Encode(SqlParser.Parse(query, SqlDialect.Sqlite), schema);
        }
        catch (TextToSqlException)
        {
            return null;
        }
    }

    private static void Print(string line) => TestContext.Current.TestOutputHelper?.WriteLine(line);

    private void Drive(TokenGrammar grammar, string text, Times times)
    {
        var mask = new ulong[(_tokenizer.VocabularySize + 63) / 64];
        var matcher = grammar.CreateMatcher();
        var tokens = _tokenizer.Encode(text);
        for (var i = 0; i <= tokens.Length; i++)
        {
            var collections = GC.CollectionCount(0);
            var compiled = JitInfo.GetCompiledMethodCount(currentThread: true);
            var (processor, wall) = (ThreadMicroseconds(), Stopwatch.GetTimestamp());
            var isCached = matcher.WriteMask(Limit - i, mask);
            times.Add(
                isCached, ThreadMicroseconds() - processor, Stopwatch.GetElapsedTime(wall).TotalMicroseconds,
                GC.CollectionCount(0) - collections, JitInfo.GetCompiledMethodCount(currentThread: true) - compiled, () => string.Concat(tokens[..i].Select(token => _tokenizer.Decode([token]))));
            if (i < tokens.Length)
            {
                matcher.Accept(tokens[i]);
            }
        }

        Assert.True(matcher.CanEnd);
    }

    private static double ThreadMicroseconds()
    {
        const int ThreadClock = 3;
        _ = GetTime(ThreadClock, out var time);
        return (time.Seconds * 1e6) + (time.Nanoseconds / 1e3);
    }

    [DllImport("libc", EntryPoint = "clock_gettime")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int GetTime(int clock, out TimeSpec time);

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct TimeSpec(long Seconds, long Nanoseconds);

    private sealed class Times
    {
        private readonly List<(bool IsCached, double Processor, double Wall, int Collections, long Methods, string Text)> _steps = [];

        public List<double> Compile { get; } = [];

        public void Add(bool isCached, double processor, double wall, int collections, long methods, Func<string> text) =>
            _steps.Add((isCached, processor, wall, collections, methods, processor > 300 ? text() : string.Empty));

        public override string ToString()
        {
            var worst = _steps.OrderByDescending(step => step.Processor).Take(8).Select(step => string.Create(
                CultureInfo.InvariantCulture, $"\n    {step.Processor:F0} us, wall {step.Wall:F0}, {step.Collections} collections, {step.Methods} methods compiled, after '{step.Text}'"));
            return string.Create(CultureInfo.InvariantCulture, $"{_steps.Count} steps: {Percentiles(_steps.Select(step => step.Processor))}")
                + string.Create(CultureInfo.InvariantCulture, $"\n    of them {_steps.Count(step => !step.IsCached)} masks that were not kept: {Percentiles(_steps.Where(step => !step.IsCached).Select(step => step.Processor))}")
                + string.Create(CultureInfo.InvariantCulture, $"\n    wall time: {Percentiles(_steps.Select(step => step.Wall))}")
                + (Compile.Count > 0 ? $"\n    binding to the tokenizer: {Percentiles(Compile)}" : string.Empty) + string.Concat(worst);
        }

        private static string Percentiles(IEnumerable<double> values)
        {
            var sorted = values.Order().ToArray();
            double At(double share) => sorted[Math.Min(sorted.Length - 1, (int)(sorted.Length * share))];
            return string.Create(CultureInfo.InvariantCulture, $"median {At(0.5):F1}, p95 {At(0.95):F1}, p99 {At(0.99):F1}, p99.9 {At(0.999):F1}, most {sorted[^1]:F0} us");
        }
    }
}
