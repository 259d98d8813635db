using TaskServices.Inference.Decoding;
using TaskServices.Inference.Tokenization;

namespace TaskServices.Inference.Tests.Decoding;

/// <summary>Plays a model with random logits against a grammar.</summary>
internal static class RandomCompletion
{
    /// <summary>Generates until the grammar or the token limit ends the text.</summary>
    /// <param name="endWeight">How likely the text ends where it may.</param>
    /// <returns>The tokens without the end token.</returns>
    public static List<int> Generate(TokenGrammar grammar, Random random, int limit, double endWeight = 0.2, double shortWeight = 0.5)
    {
        var matcher = grammar.CreateMatcher();
        var mask = new ulong[(grammar.Tokenizer.VocabularySize + 63) / 64];
        var tokens = new List<int>();
        while (true)
        {
            var remaining = limit - tokens.Count;
            matcher.WriteMask(remaining, mask);
            var allowed = Allowed(mask, grammar.Tokenizer.VocabularySize);
            Assert.NotEmpty(allowed);
            if (allowed.TrueForAll(grammar.Tokenizer.EndTokenIds.Contains) || (matcher.CanEnd && random.NextDouble() < endWeight))
            {
                Assert.True(matcher.CanEnd);
                return tokens;
            }

            Assert.True(remaining > 0, "the limit is used up and the text cannot end");
            allowed.RemoveAll(grammar.Tokenizer.EndTokenIds.Contains);

            // Often among a few only, as a model would: all tokens alike make long strings of noise.
            var few = random.NextDouble() < shortWeight ? allowed.OrderBy(token => grammar.Tokenizer.GetTokenBytes(token)[0] >= 0x80 ? 1 : 0).Take(3).ToList() : allowed;
            var chosen = few[random.Next(few.Count)];
            matcher.Accept(chosen);
            tokens.Add(chosen);
        }
    }

    public static List<int> Allowed(ReadOnlySpan<ulong> mask, int vocabularySize)
    {
        var allowed = new List<int>();
        for (var token = 0; token < vocabularySize; token++)
        {
            if ((mask[token >> 6] >> (token & 63) & 1) != 0)
            {
                allowed.Add(token);
            }
        }

        return allowed;
    }

    public static byte[] Bytes(ITokenizer tokenizer, IEnumerable<int> tokens) => [.. tokens.SelectMany(token => tokenizer.GetTokenBytes(token).ToArray())];
}
