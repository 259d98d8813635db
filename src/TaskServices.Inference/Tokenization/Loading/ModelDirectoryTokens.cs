using System.Text.Json;

namespace TaskServices.Inference.Tokenization.Loading;

/// <summary>Reads which tokens begin and end a text from the files beside a tokenizer.</summary>
internal static class ModelDirectoryTokens
{
    /// <param name="tokenizerPath">The tokenizer's file.</param>
    /// <param name="bosTokenId">The BOS token that the tokenizer's own file names, or null.</param>
    public static SpecialTokens Read(
        string tokenizerPath, TokenTable tokens, int? bosTokenId, IReadOnlyDictionary<string, int> controlTokens)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(tokenizerPath))!;
        var ends = new List<int>();
        if (TryRead(folder, "tokenizer_config.json") is { } config)
        {
            if (Named(config["eos_token"], tokens) is { } end)
                ends.Add(end);
            if (config["add_bos_token"] is { IsNull: false } addsBos)
                bosTokenId = addsBos.Flag(absent: false) ? Named(config["bos_token"], tokens) ?? bosTokenId : null;
        }

        if (TryRead(folder, "generation_config.json") is { } generation)
            ends.AddRange(EndIds(generation["eos_token_id"], tokens));
        return new SpecialTokens(bosTokenId, ControlTokens.EndTokens(ends, controlTokens), controlTokens);
    }

    private static JsonField? TryRead(string folder, string name)
    {
        var path = Path.Combine(folder, name);
        return File.Exists(path) ? JsonFile.Read(path) : null;
    }

    /// <summary>A token is named by its text, or by an object that holds its text.</summary>
    private static int? Named(JsonField field, TokenTable tokens)
    {
        var text = field.Value.ValueKind is JsonValueKind.Object ? field["content"].Text() : field.TextOrNull();
        return text is null ? null : tokens.Require(text, $"{field.Path} of {Path.GetFileName(field.File)}");
    }

    private static IEnumerable<int> EndIds(JsonField field, TokenTable tokens)
    {
        if (field.IsNull)
            yield break;
        foreach (var item in field.Value.ValueKind is JsonValueKind.Array ? field.Items() : [field])
        {
            var id = item.Integer();
            yield return id >= 0 && id < tokens.Count
                ? id
                : throw item.Invalid($"token ID {id} is outside the vocabulary, 0 to {tokens.Count - 1}");
        }
    }
}
