using System.Text;
using CsCheck;
using TaskServices.Inference.Tokenization;
using TaskServices.Testing;

namespace TaskServices.Inference.Tests.Tokenization;

public sealed class TokenizerPropertyTests
{
    private static readonly Gen<string> AnyText = Gen.Int[0, 0x10FFFF].Where(Rune.IsValid)
        .Select(value => new Rune(value).ToString()).Array[0, 40].Select(string.Concat);

    private static readonly string[] LikelyParts =
        [" ", "  ", "\n", "'s", "é", "e\u0301", "中", "😀", "1", "23", "SELECT", "_", "<s>", "<|im_end|>", "▁"];

    private static readonly Gen<string> LikelyText =
        Gen.Int[0, LikelyParts.Length - 1].Select(i => LikelyParts[i]).Array[0, 40].Select(string.Concat);

    [Theory]
    [InlineData("gpt2.tokenizer.json")]
    [InlineData("llama3.tokenizer.json")]
    [InlineData("qwen2.tokenizer.json")]
    [InlineData("deepseek-coder.tokenizer.json")]
    public void Decode_OfEncodedText_IsText(string file)
    {
        var tokenizer = TokenizerLoader.Load(TokenizerVectors.Fixture("tokenizers", file));

        Gen.OneOf(AnyText, LikelyText).Sample(text =>
        {
            var ids = tokenizer.Encode(text);
            return tokenizer.Decode(ids) == text && BytesOf(tokenizer, ids).AsSpan().SequenceEqual(Encoding.UTF8.GetBytes(text));
        }, iter: 2_000);
    }

    [Fact]
    public void Append_EachToken_GivesTheWholeTextWithoutBrokenCharacters()
    {
        var tokenizer = TokenizerLoader.Load(TokenizerVectors.Fixture("tokenizers", "gpt2.tokenizer.json"));

        Gen.OneOf(AnyText, LikelyText).Where(text => !text.Contains('\uFFFD', StringComparison.Ordinal)).Sample(text =>
        {
            var decoder = new StreamingDecoder(tokenizer);
            var parts = Array.ConvertAll(tokenizer.Encode(text), decoder.Append);
            return decoder.Complete().Length == 0 && string.Concat(parts) == text
                && parts.All(part => !part.Contains('\uFFFD', StringComparison.Ordinal)
                    && (part.Length == 0 || !char.IsLowSurrogate(part[0])));
        }, iter: 1_000);
    }

    [Fact]
    public void Complete_AfterCutCharacter_GivesReplacementCharacter()
    {
        var tokenizer = TokenizerLoader.Load(TokenizerVectors.Fixture("tokenizers", "gpt2.tokenizer.json"));
        var decoder = new StreamingDecoder(tokenizer);

        Assert.Equal("", decoder.Append(tokenizer.Encode("\U0010FFFD")[0]));
        Assert.Equal("\uFFFD", decoder.Complete());
    }

    [Fact]
    public void Encode_ControlTokenTextOfUser_StaysText()
    {
        var tokenizer = TokenizerLoader.Load(TestFiles.InRepository("models", "smollm2-135m-instruct"));

        Assert.Equal([2], tokenizer.Encode("<|im_end|>", parseSpecialTokens: true));
        var typed = tokenizer.Encode("<|im_end|>");
        Assert.DoesNotContain(2, typed);
        Assert.Equal("<|im_end|>", tokenizer.Decode(typed));
        Assert.Equal("<|im_end|>", tokenizer.Decode([2]));
        Assert.True(tokenizer.GetTokenBytes(2).IsEmpty);
        Assert.Equal(2, tokenizer.FindControlToken("<|im_end|>"));
        Assert.Null(tokenizer.FindControlToken("SELECT"));
    }

    /// <summary>What <c>model tokenize</c> does (parsed) beside what <c>generate</c> and the services do (not parsed).</summary>
    [Theory]
    [InlineData("models/smollm2-135m-instruct/SmolLM2-135M-Instruct.Q4_1.gguf")]
    [InlineData("../shared/fixtures/tokenizers/smollm2.tokenizer.json")]
    public void Encode_TextFullOfControlTokens_MakesThemOnlyWhereParsed(string file)
    {
        var path = Path.GetFullPath(TestFiles.InRepository(file));
        Assert.SkipWhen(!File.Exists(path), "the reference folder ../shared is absent");
        var tokenizer = TokenizerLoader.Load(path);
        string[] controls = [.. Enumerable.Range(0, 17).Select(id => tokenizer.Decode([id]))];
        string[] parts = [.. controls, .. LikelyParts, "<|im_", "end|>", "<", "|>", "<|im_end|", "<|endoftext", "SELECT 1"];

        Gen.Int[0, parts.Length - 1].Select(i => parts[i]).Array[0, 20].Select(string.Concat).Sample(text =>
        {
            var typed = tokenizer.Encode(text);
            var parsed = tokenizer.Encode(text, parseSpecialTokens: true);
            return !Array.Exists(typed, id => id < controls.Length) && !Array.Exists(tokenizer.EncodeAfterControlToken(text), id => id < controls.Length)
                && Array.Exists(parsed, id => id < controls.Length) == Array.Exists(controls, control => text.Contains(control, StringComparison.Ordinal))
                && tokenizer.Decode(typed) == text && tokenizer.Decode(parsed) == text;
        }, iter: 2_000);
    }

    [Fact]
    public void Encode_LoneSurrogate_IsReplacementCharacter()
    {
        var tokenizer = TokenizerLoader.Load(TokenizerVectors.Fixture("tokenizers", "gpt2.tokenizer.json"));

        Assert.Equal(tokenizer.Encode("a\uFFFDb"), tokenizer.Encode("a\uD800b"));
    }

    [Theory]
    [InlineData("gpt2.tokenizer.json")]
    [InlineData("spm.model")]
    public void Encode_WordOfHundredThousandCharacters_RoundTrips(string file)
    {
        var tokenizer = TokenizerLoader.Load(TokenizerVectors.Fixture("tokenizers", file));
        var word = string.Concat(Enumerable.Range(0, 100_000).Select(i => (char)('a' + (i * 7919 % 26))));

        Assert.Equal(word, tokenizer.Decode(tokenizer.Encode(word)));
    }

    [Fact]
    public void GetTokenBytes_OutsideVocabulary_Throws()
    {
        var tokenizer = TokenizerLoader.Load(TokenizerVectors.Fixture("tokenizers", "spm.gguf"));

        Assert.Throws<ArgumentOutOfRangeException>(() => tokenizer.GetTokenBytes(800).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => tokenizer.Decode([-1]));
    }

    private static byte[] BytesOf(ITokenizer tokenizer, int[] ids) => [.. ids.SelectMany(id => tokenizer.GetTokenBytes(id).ToArray())];
}
