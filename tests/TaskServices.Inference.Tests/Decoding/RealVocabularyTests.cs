using System.Diagnostics;
using TaskServices.Inference.Decoding;
using TaskServices.Inference.Tokenization;
using TaskServices.Testing;

namespace TaskServices.Inference.Tests.Decoding;

public sealed class RealVocabularyTests
{
    [Fact]
    public void WriteMask_SchemaGrammarOverBundledVocabulary_EqualsAllowsAndEndsInBudget()
    {
        var tokenizer = TokenizerLoader.Load(TestFiles.InRepository("models", "smollm2-135m-instruct", "SmolLM2-135M-Instruct.Q4_1.gguf"));
        var names = string.Join(", ", Enumerable.Range(0, 300).Select(i => $"\"table_{i % 20}.column_name_{i}\""));
        var grammar = Grammar.Parse($$"""
            root ::= " select " item (", " item)* (" where " cond (" and " cond)*)?
            item ::= col | ("count" | "max" | "avg") "(" (col | root) ")"
            cond ::= col " " one_of("=", "<", ">=", "like") " " ("'" /[^'\n]{0,40}/ "'" | /-?[0-9]+(\.[0-9]+)?/)
            col  ::= one_of({{names}})
            """);
        var bound = new TokenGrammar(grammar, tokenizer);
        var mask = new ulong[(tokenizer.VocabularySize + 63) / 64];
        var random = new Random(3);
        List<double> misses = [], hits = [], checks = [];
        for (var run = 0; run < 20; run++)
        {
            var matcher = bound.CreateMatcher();
            var text = new List<int>();
            for (var remaining = 60; ; remaining--)
            {
                var start = Stopwatch.GetTimestamp();
                matcher.WriteMask(remaining, mask);
                misses.Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds);
                start = Stopwatch.GetTimestamp();
                matcher.WriteMask(remaining, mask);
                hits.Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds);
                var allowed = Enumerable.Range(0, tokenizer.VocabularySize).Where(token => (mask[token >> 6] >> (token & 63) & 1) != 0).ToArray();
                var chosen = allowed[random.Next(allowed.Length)];
                start = Stopwatch.GetTimestamp();
                Assert.True(matcher.Allows(chosen, remaining));
                checks.Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds);
                if (run == 0)
                {
                    Assert.Equal(allowed.Length, Enumerable.Range(0, tokenizer.VocabularySize).Count(token => matcher.Allows(token, remaining)));
                }

                if (tokenizer.EndTokenIds.Contains(chosen))
                {
                    break;
                }

                Assert.True(remaining > 0);
                matcher.Accept(chosen);
                text.Add(chosen);
            }

            Assert.True(grammar.Accepts(tokenizer.Decode(text.ToArray())));
        }

        foreach (var (name, times) in new[] { ("first mask", misses), ("same mask again", hits), ("one token", checks) })
        {
            times.Sort();
            TestContext.Current.TestOutputHelper?.WriteLine(
                $"{name}: median {times[times.Count / 2]:F1} us, p95 {times[times.Count * 95 / 100]:F1} us, max {times[^1]:F1} us, n {times.Count}");
        }
    }
}
