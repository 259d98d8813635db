using System.Text.Json;
using TaskServices.Inference.Tokenization.Bpe;

namespace TaskServices.Inference.Tokenization.Loading;

/// <summary>Reads the <c>model</c> section of a tokenizer.json.</summary>
internal static class TokenizerJsonModel
{
    public static EncodingStep Build(JsonField model, TokenTable tokens, bool isByteLevel)
    {
        if (model["type"].TextOrNull() is { } type && type != "BPE")
            throw model["type"].Unsupported($"a model of type {TokenTable.Quote(type)}; only BPE");
        foreach (var name in (string[])["continuing_subword_prefix", "end_of_word_suffix"])
        {
            if (model[name].TextOrNull() is { Length: > 0 })
                throw model[name].Unsupported("a marker inside words");
        }

        if (!model["dropout"].IsNull && !(model["dropout"].Value.TryGetDouble(out var dropout) && dropout == 0))
            throw model["dropout"].Unsupported("dropout, which makes encoding random,");

        var merges = ReadMerges(model["merges"], tokens);
        var ignoresMerges = model["ignore_merges"].Flag(absent: false);
        if (isByteLevel)
            return BpeSteps.ByteLevel(tokens, merges, ignoresMerges);

        var unknown = model["unk_token"].TextOrNull();
        var fallback = new UnknownCharacters(
            model["byte_fallback"].Flag(absent: false) ? tokens.ByteTokens() : null,
            unknown is null ? null : tokens.Require(unknown, "model.unk_token"),
            model["fuse_unk"].Flag(absent: false));
        return BpeSteps.Characters(tokens, merges, ignoresMerges, fallback);
    }

    private static List<Merge> ReadMerges(JsonField merges, TokenTable tokens)
    {
        merges.Expect(JsonValueKind.Array, "an array of merges");
        var result = new List<Merge>(merges.Value.GetArrayLength());
        var index = -1;
        foreach (var item in merges.Value.EnumerateArray())
        {
            var field = new JsonField(merges.File, $"model.merges[{++index}]", item);
            if (ReadPair(field) is var (left, right))
                result.Add(BpeSteps.Merge(tokens, left, right, result.Count, field.Path));
        }

        return result;
    }

    /// <summary>Reads <c>["a", "b"]</c> or the older <c>"a b"</c>; null for the version line of the oldest files.</summary>
    private static (string Left, string Right)? ReadPair(JsonField field)
    {
        if (field.Value.ValueKind is JsonValueKind.Array)
        {
            return field.Value.GetArrayLength() == 2
                ? (new JsonField(field.File, field.Path, field.Value[0]).Text(),
                    new JsonField(field.File, field.Path, field.Value[1]).Text())
                : throw field.Invalid("a merge names two tokens");
        }

        var text = field.Text();
        if (text.StartsWith("#version", StringComparison.Ordinal))
            return null;
        var space = text.IndexOf(' ', StringComparison.Ordinal);
        return space > 0 && text.LastIndexOf(' ') == space && space + 1 < text.Length
            ? (text[..space], text[(space + 1)..])
            : throw field.Invalid("a merge names two tokens, with one space between them");
    }
}
