using System.Text.Json;
using TaskServices.Inference.Tokenization.Normalization;

namespace TaskServices.Inference.Tokenization.Loading;

/// <summary>Builds a tokenizer from a Hugging Face <c>tokenizer.json</c> whose model is BPE.</summary>
internal static class TokenizerJson
{
    public static BpeTokenizer Load(string path)
    {
        var root = JsonFile.Read(path);
        var model = root["model"].Expect(JsonValueKind.Object, "an object");
        var (raw, normalized, tokens) = ReadTokens(root, model);
        var isByteLevel = TokenizerJsonSplitting.UsesByteLevel(root["pre_tokenizer"]);

        var pipeline = TokenizerJsonModel.Build(model, tokens, isByteLevel);
        pipeline = TokenizerJsonSplitting.Build(root["pre_tokenizer"], pipeline);
        var normalizers = TokenizerJsonNormalization.Build(root["normalizer"]);
        if (normalized.Count > 0)
        {
            pipeline = new AddedTokenStep(
                [.. normalized.Select(token => token with { Text = Normalize(token.Text, normalizers) })], pipeline);
        }

        if (normalizers.Count > 0)
            pipeline = new NormalizationStep(normalizers, pipeline);
        if (raw.Count > 0)
            pipeline = new AddedTokenStep(raw, pipeline);

        var controlTokens = tokens.OfKind(TokenKind.Control);
        var special = ModelDirectoryTokens.Read(path, tokens, BosOfTemplate(root["post_processor"], tokens), controlTokens);
        var dropsSpace = !isByteLevel && TokenizerJsonDecoding.DropsLeadingSpace(root["decoder"]);
        var vocabulary = tokens.ToVocabulary(isByteLevel ? TokenBytes.ByteLevel : TokenBytes.SentencePiece);
        return new BpeTokenizer(vocabulary, pipeline, dropsSpace, special);
    }

    private static (List<AddedToken> Raw, List<AddedToken> Normalized, TokenTable Tokens) ReadTokens(JsonField root, JsonField model)
    {
        var tokens = new TokenTable(root.File);
        var hasBytes = model["byte_fallback"].Flag(absent: false);
        var unknown = model["unk_token"].TextOrNull();
        var vocabulary = model["vocab"].Expect(JsonValueKind.Object, "an object of tokens and IDs");
        foreach (var member in vocabulary.Value.EnumerateObject())
        {
            var text = vocabulary.TextOf(() => member.Name);
            var kind = text == unknown ? TokenKind.Unknown : hasBytes && TokenBytes.IsByteToken(text) ? TokenKind.Byte : TokenKind.Normal;
            var id = new JsonField(root.File, $"model.vocab[{TokenTable.Quote(text)}]", member.Value).Integer();
            tokens.Add(id, text, kind, "model.vocab");
        }

        if (tokens.Count == 0)
            throw vocabulary.Invalid("the vocabulary is empty");

        List<AddedToken> raw = [], normalized = [];
        foreach (var added in root["added_tokens"].Items())
        {
            var text = added["content"].Text();
            if (text.Length == 0)
                continue;
            var isControl = added["special"].Flag(absent: false) || ControlTokens.LooksLikeOne(text);
            var id = added["id"].Integer();
            tokens.Add(id, text, isControl ? TokenKind.Control : TokenKind.UserDefined, added.Path);
            var token = new AddedToken(
                id,
                text,
                isControl,
                added["lstrip"].Flag(absent: false),
                added["rstrip"].Flag(absent: false),
                added["single_word"].Flag(absent: false));
            (added["normalized"].Flag(absent: false) ? normalized : raw).Add(token);
        }

        return (raw, normalized, tokens);
    }

    private static string Normalize(string text, IReadOnlyList<ITextNormalizer> normalizers)
    {
        foreach (var normalizer in normalizers)
            text = text.Length == 0 ? text : normalizer.Normalize(text);
        return text;
    }

    /// <summary>A template that puts one token before the text names the BOS token.</summary>
    private static int? BosOfTemplate(JsonField processor, TokenTable tokens)
    {
        switch (processor["type"].TextOrNull())
        {
            case "Sequence":
                return processor["processors"].Items().Select(item => BosOfTemplate(item, tokens)).FirstOrDefault(bos => bos is not null);
            case "TemplateProcessing":
                var first = processor["single"].Items().FirstOrDefault();
                return first["SpecialToken"]["id"].TextOrNull() is { } name ? tokens.Require(name, first.Path) : null;
            default:
                return null;
        }
    }
}
