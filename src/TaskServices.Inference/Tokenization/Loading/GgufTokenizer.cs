using TaskServices.Inference.Models;
using TaskServices.Inference.Tokenization.Bpe;
using TaskServices.Inference.Tokenization.Splitting;

namespace TaskServices.Inference.Tokenization.Loading;

/// <summary>Builds a tokenizer from the metadata of a GGUF file (<c>tokenizer.ggml.*</c>; GGUF specification).</summary>
internal static class GgufTokenizer
{
    private const string Prefix = "tokenizer.ggml.";

    public static BpeTokenizer Load(string path)
    {
        using var file = GgufFile.Open(path);
        var metadata = new GgufMetadata(file);
        return metadata.Text(Prefix + "model") switch
        {
            "gpt2" => LoadByteLevel(metadata),
            "llama" => LoadSentencePiece(metadata),
            null => throw metadata.Invalid(Prefix + "model", "missing: the file holds no tokenizer"),
            var model => throw metadata.Unsupported(Prefix + "model", $"{TokenTable.Quote(model)}; only gpt2 and llama"),
        };
    }

    private static BpeTokenizer LoadByteLevel(GgufMetadata metadata)
    {
        var (tokens, _) = ReadTokens(metadata);
        var family = metadata.Text(Prefix + "pre")
            ?? throw metadata.Invalid(
                Prefix + "pre", "missing: without the name of its pre-tokenizer the tokens would be a guess; convert the model anew");
        var isLlama3 = family is "llama-bpe" or "llama3" or "llama-v3";

        var merges = ReadMerges(metadata, tokens);
        var pipeline = BpeSteps.ByteLevel(tokens, merges, ignoresMerges: isLlama3);
        if (metadata.Flag(Prefix + "add_space_prefix") is true)
            pipeline = new PrefixSpaceStep(pipeline);
        pipeline = PreTokenizers.ForFamily(family, pipeline)
            ?? throw metadata.Unsupported(Prefix + "pre", $"the pre-tokenizer {TokenTable.Quote(family)}; use the model's tokenizer.json");

        var controls = ControlTokens.In(tokens);
        foreach (var (text, id) in controls)
            tokens.Add(id, text, TokenKind.Control, Prefix + "tokens");
        var added = tokens.OfKind(TokenKind.UserDefined).Select(token => new AddedToken(token.Value, token.Key, IsControl: false))
            .Concat(controls.Select(token => new AddedToken(token.Value, token.Key, IsControl: true)))
            .Where(token => token.Text.Length > 0).ToList();
        if (added.Count > 0)
            pipeline = new AddedTokenStep(added, pipeline);
        var special = ReadSpecialTokens(metadata, tokens, addsBos: isLlama3, controls);
        return new BpeTokenizer(tokens.ToVocabulary(TokenBytes.ByteLevel), pipeline, dropsLeadingSpace: false, special);
    }

    private static BpeTokenizer LoadSentencePiece(GgufMetadata metadata)
    {
        var (tokens, scores) = ReadTokens(metadata);
        if (scores is null)
            throw metadata.Invalid(Prefix + "scores", "missing; SentencePiece merges by score");
        var special = ReadSpecialTokens(metadata, tokens, addsBos: true, ControlTokens.In(tokens));
        return new SentencePieceModel(
            tokens,
            scores,
            metadata.Flag(Prefix + "add_space_prefix") ?? true,
            metadata.Flag(Prefix + "remove_extra_whitespaces") ?? false).Build(special);
    }

    private static (TokenTable Tokens, float[]? Scores) ReadTokens(GgufMetadata metadata)
    {
        var texts = metadata.Texts(Prefix + "tokens") ?? throw metadata.Invalid(Prefix + "tokens", "missing: the file holds no vocabulary");
        var types = metadata.Integers(Prefix + "token_type");
        var scores = metadata.Numbers(Prefix + "scores");
        if (texts.Length == 0)
            throw metadata.Invalid(Prefix + "tokens", "the vocabulary is empty");
        if (types is not null && types.Length != texts.Length)
            throw metadata.Invalid(Prefix + "token_type", $"has {types.Length} items for {texts.Length} tokens");
        if (scores is not null && scores.Length != texts.Length)
            throw metadata.Invalid(Prefix + "scores", $"has {scores.Length} items for {texts.Length} tokens");

        var tokens = new TokenTable(metadata.Path);
        var read = new List<float>(texts.Length);
        for (var id = 0; id < texts.Length; id++)
            PieceList.Add(tokens, read, texts[id], (float)(scores?[id] ?? 0), types?[id] ?? 1);
        return (tokens, scores is null ? null : [.. read]);
    }

    private static List<Merge> ReadMerges(GgufMetadata metadata, TokenTable tokens)
    {
        var texts = metadata.Texts(Prefix + "merges")
            ?? throw metadata.Invalid(Prefix + "merges", "missing; a byte-level BPE needs its merges");
        var merges = new List<Merge>(texts.Length);
        for (var i = 0; i < texts.Length; i++)
        {
            var field = $"metadata key '{Prefix}merges', item {i}";
            var space = texts[i].Length > 1 ? texts[i].IndexOf(' ', 1) : -1;
            if (space < 0)
                throw TokenizerErrors.Invalid(metadata.Path, field, "a merge names two tokens, with a space between them");
            merges.Add(BpeSteps.Merge(tokens, texts[i][..space], texts[i][(space + 1)..], i, field));
        }

        return merges;
    }

    private static SpecialTokens ReadSpecialTokens(
        GgufMetadata metadata, TokenTable tokens, bool addsBos, IReadOnlyDictionary<string, int> controlTokens)
    {
        var bos = metadata.TokenId(Prefix + "bos_token_id", tokens.Count);
        int?[] ends =
        [
            metadata.TokenId(Prefix + "eos_token_id", tokens.Count), metadata.TokenId(Prefix + "eot_token_id", tokens.Count),
            metadata.TokenId(Prefix + "eom_token_id", tokens.Count),
        ];
        return new SpecialTokens(
            metadata.Flag(Prefix + "add_bos_token") ?? addsBos ? bos : null,
            ControlTokens.EndTokens(ends.OfType<int>(), controlTokens),
            controlTokens);
    }
}
