using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using TaskServices.Inference.Tokenization;

namespace TaskServices.Inference.Tests.Tokenization;

/// <summary>
/// What a tokenizer.json can say, on small files. Expected pieces are those of Hugging Face tokenizers on the same files.
/// </summary>
public sealed class TokenizerJsonTests : IDisposable
{
    private const string SentencePiecePrefix = """
        {"type":"Sequence","normalizers":[{"type":"Prepend","prepend":"▁"},{"type":"Replace","pattern":{"String":" "},"content":"▁"}]}
        """;

    private static readonly string[] Merges = ["h e", "l l", "he ll", "hell o", "▁ w", "▁ hello", "o ▁", "1 2"];

    private readonly string _folder = Directory.CreateTempSubdirectory("tokenizer-json-tests").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("first", true, "hello hello [L]hello", "▁hello|▁hello|▁|[L]|hello")]
    [InlineData("always", true, "hello hello [L]hello", "▁hello|▁hello|▁|[L]|▁hello")]
    [InlineData("never", true, "hello hello [L]hello", "hello|▁hello|▁|[L]|hello")]
    [InlineData("never", false, "hello hello", "hello|▁hello")]
    [InlineData("never", false, "oo  wo", "o|o▁|▁w|o")]
    [InlineData("never", true, "oo  wo", "o|o|▁|▁w|o")]
    public void Encode_Metaspace_MarksSpaces(string scheme, bool splits, string text, string expected)
    {
        var preTokenizer = new JsonObject
        {
            ["type"] = "Metaspace",
            ["replacement"] = "▁",
            ["prepend_scheme"] = scheme,
            ["split"] = splits,
        };

        Assert.Equal(expected, Pieces(Load(Characters(), preTokenizer.ToJsonString(), added: [Added("[L]")]), text));
    }

    [Theory]
    [InlineData("first", "hello")]
    [InlineData("always", "▁hello")]
    public void EncodeAfterControlToken_Metaspace_IsNotTheBeginning(string scheme, string expected)
    {
        var tokenizer = Load(Characters(), $$"""{"type":"Metaspace","replacement":"▁","prepend_scheme":"{{scheme}}"}""");

        Assert.Equal("▁hello", Pieces(tokenizer, tokenizer.Encode("hello")));
        Assert.Equal(expected, Pieces(tokenizer, tokenizer.EncodeAfterControlToken("hello")));
    }

    [Theory]
    [InlineData("Isolated", false, "he|l|l|o|o")]
    [InlineData("Isolated", true, "he|l|l|o|o")]
    [InlineData("Removed", false, "he|o|o")]
    [InlineData("Removed", true, "l|l")]
    [InlineData("MergedWithPrevious", false, "he|l|l|o|o")]
    [InlineData("MergedWithNext", false, "he|l|l|o|o")]
    [InlineData("Contiguous", false, "he|ll|o|o")]
    public void Encode_Split_KeepsPiecesApart(string behavior, bool invert, string expected)
    {
        foreach (var kind in (string[])["Regex", "String"])
        {
            var preTokenizer = new JsonObject
            {
                ["type"] = "Split",
                ["pattern"] = new JsonObject { [kind] = "l" },
                ["behavior"] = behavior,
                ["invert"] = invert,
            };

            Assert.Equal(expected, Pieces(Load(Characters(), preTokenizer.ToJsonString()), "helloo"));
        }
    }

    [Theory]
    [InlineData("^h|o$", "a\nhello", "a|<0x0A>|h|e|ll|o")]
    [InlineData(@"\d{1,2}(?=\d)|\p{So}", "1212😀12", "12|1|2|<0xF0>|<0x9F>|<0x98>|<0x80>|1|2")]
    [InlineData("(?i:'s|'t|'re|'ve|'m|'ll|'d)|1", "'ſ12", "<0x27>|<0xC5>|<0xBF>|1|2")]
    [InlineData("[^\\x00-\\x7F]l", "he😀llo", "he|<0xF0>|<0x9F>|<0x98>|<0x80>|l|l|o")]
    public void Encode_PatternWithoutScanner_SplitsAsItSays(string pattern, string text, string expected) =>
        Assert.Equal(expected, Pieces(Load(Characters(), Split(pattern)), text));

    [Theory]
    [InlineData("[[:punct:]]")]
    [InlineData("[a-z&&[^l]]+")]
    [InlineData(@"\w+")]
    [InlineData(@"a|\b1")]
    [InlineData("(?i)hello")]
    [InlineData("(?m:.)")]
    [InlineData("a{,2}")]
    [InlineData(@"\h+")]
    [InlineData(@"\p{Han}")]
    [InlineData("a*+l")]
    [InlineData("[😀]")]
    public void Load_PatternThatMeansSomethingElseHere_IsRefused(string pattern)
    {
        var error = Assert.Throws<InferenceException>(() => Load(Characters(), Split(pattern)));

        Assert.Equal("TOKENIZER_UNSUPPORTED", error.Reason);
        Assert.Contains("pre_tokenizer.pattern.Regex", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(@"\\w", @"1\w2", "1|<0x5C>|w|2")]
    [InlineData(@"[\[\]1]", "12", "1|2")]
    public void Encode_PatternWithEscapes_IsRead(string pattern, string text, string expected) =>
        Assert.Equal(expected, Pieces(Load(Characters(), Split(pattern)), text));

    [Theory]
    [InlineData("NFC", "e\u0301", "é")]
    [InlineData("NFC", "\u212B", "<0xC3>|<0x85>")]
    [InlineData("NFC", "\u1100\u1161", "<0xEA>|<0xB0>|<0x80>")]
    [InlineData("NFD", "é", "e|<0xCC>|<0x81>")]
    [InlineData("NFD", "e\u0301\u0323", "e|<0xCC>|<0xA3>|<0xCC>|<0x81>")]
    public void Encode_CanonicalForm_IsTaken(string form, string text, string expected) =>
        Assert.Equal(expected, Pieces(Load(Characters(), normalizer: $$"""{"type":"{{form}}"}"""), text));

    [Theory]
    [InlineData("a [L] b", "▁|a|[L]|▁|▁|b")]
    [InlineData("a[R]  b", "▁|a|[R]|▁|b")]
    [InlineData("a[R]\u0085b", "▁|a|[R]|▁|b")]
    [InlineData("aWb W b", "▁|a|W|b|▁|W|▁|▁|b")]
    [InlineData("[R][L]", "[R]|[L]")]
    [InlineData("[R]  [T]", "[R]|[T]")]
    public void Encode_AddedTokens_StripAndStandAlone(string text, string expected)
    {
        JsonObject[] added = [Added("[L]", "lstrip"), Added("[R]", "rstrip"), Added("W", "single_word"), Added("[T]")];
        var tokenizer = Load(Characters("W"), normalizer: SentencePiecePrefix, added: added);

        Assert.Equal(expected, Pieces(tokenizer, text));
    }

    [Fact]
    public void Encode_WhiteSpaceTokenThatTokenBeforeSwallowed_IsStillOne()
    {
        var tokenizer = Load(Characters(), normalizer: SentencePiecePrefix, added: [Added("[R]", "rstrip"), Added("  ")]);

        Assert.Equal("[R]|  |▁|<0xC2>|<0x85>|a", Pieces(tokenizer, "[R]  \u0085a"));
    }

    [Fact]
    public void Encode_IgnoredMerges_TakesWholeWordsButNoAddedTokens()
    {
        var model = Characters("hel");
        model["ignore_merges"] = true;
        var tokenizer = Load(
            model, """{"type":"Metaspace","prepend_scheme":"never"}""", added: [Added("</s>", "special"), Added("W", "single_word")]);

        Assert.Equal("hel", Pieces(tokenizer, "hel"));
        Assert.Equal("hell", Pieces(tokenizer, "hell"));
        Assert.Equal("<0x3C>|<0x2F>|<0x73>|<0x3E>", Pieces(tokenizer, tokenizer.Encode("</s>")));
        Assert.Equal("</s>", Pieces(tokenizer, tokenizer.Encode("</s>", parseSpecialTokens: true)));
    }

    private static JsonObject Characters(params string[] words)
    {
        var texts = new List<string>();
        for (var value = 0; value < 256; value++)
            texts.Add($"<0x{value:X2}>");
        texts.AddRange("▁abehlow12é".Select(c => c.ToString()));
        texts.AddRange(Merges.Select(merge => merge.Replace(" ", "", StringComparison.Ordinal)));
        texts.AddRange(words);
        var vocabulary = new JsonObject();
        foreach (var text in texts)
            vocabulary.Add(text, vocabulary.Count);
        return new JsonObject
        {
            ["type"] = "BPE",
            ["byte_fallback"] = true,
            ["vocab"] = vocabulary,
            ["merges"] = new JsonArray([.. Merges.Select(merge => JsonValue.Create(merge))]),
        };
    }

    private static string Split(string regex) => new JsonObject
    {
        ["type"] = "Split",
        ["pattern"] = new JsonObject { ["Regex"] = regex },
        ["behavior"] = "Isolated",
    }.ToJsonString();

    private static JsonObject Added(string text, string? flag = null)
    {
        var token = new JsonObject { ["content"] = text };
        if (flag is not null)
            token[flag] = true;
        return token;
    }

    private static string Pieces(ITokenizer tokenizer, string text) => Pieces(tokenizer, tokenizer.Encode(text, parseSpecialTokens: true));

    private static string Pieces(ITokenizer tokenizer, int[] ids) =>
        string.Join('|', ids.Select(id => ((NamedTokens)tokenizer).NameOf(id)));

    private NamedTokens Load(JsonObject model, string? preTokenizer = null, string? normalizer = null, params JsonObject[] added)
    {
        var names = model["vocab"]!.AsObject().Select(token => token.Key).ToList();
        foreach (var token in added)
        {
            var text = token["content"]!.GetValue<string>();
            if (!names.Contains(text))
                names.Add(text);
            token["id"] = names.IndexOf(text);
        }

        var root = new JsonObject
        {
            ["added_tokens"] = new JsonArray([.. added]),
            ["normalizer"] = normalizer is null ? null : JsonNode.Parse(normalizer),
            ["pre_tokenizer"] = preTokenizer is null ? null : JsonNode.Parse(preTokenizer),
            ["model"] = model,
        };
        var path = Path.Combine(_folder, "tokenizer.json");
        File.WriteAllBytes(path, Encoding.UTF8.GetBytes(root.ToJsonString(new JsonSerializerOptions())));
        return new NamedTokens(TokenizerLoader.Load(path), names);
    }

    /// <summary>A tokenizer with the names of its tokens, so that pieces can be told from the text that they write.</summary>
    private sealed class NamedTokens(ITokenizer tokenizer, List<string> names) : ITokenizer
    {
        public int VocabularySize => tokenizer.VocabularySize;

        public int? BosTokenId => tokenizer.BosTokenId;

        public IReadOnlyList<int> EndTokenIds => tokenizer.EndTokenIds;

        public string NameOf(int id) => names[id];

        public int[] Encode(ReadOnlySpan<char> text, bool parseSpecialTokens = false) => tokenizer.Encode(text, parseSpecialTokens);

        public int[] EncodeAfterControlToken(ReadOnlySpan<char> text) => tokenizer.EncodeAfterControlToken(text);

        public string Decode(ReadOnlySpan<int> tokenIds) => tokenizer.Decode(tokenIds);

        public ReadOnlySpan<byte> GetTokenBytes(int tokenId) => tokenizer.GetTokenBytes(tokenId);
    }
}
