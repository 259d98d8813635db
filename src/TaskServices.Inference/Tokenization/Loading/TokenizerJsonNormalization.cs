using TaskServices.Inference.Tokenization.Normalization;

namespace TaskServices.Inference.Tokenization.Loading;

/// <summary>Reads the <c>normalizer</c> section of a tokenizer.json.</summary>
internal static class TokenizerJsonNormalization
{
    public static IReadOnlyList<ITextNormalizer> Build(JsonField section) => section.IsNull ? [] : section["type"].Text() switch
    {
        "Sequence" => [.. section["normalizers"].Items().SelectMany(Build)],
        "NFC" => [new CanonicalForm(composes: true)],
        "NFD" => [new CanonicalForm(composes: false)],
        "Prepend" => [new Prepend(section["prepend"].Text())],
        "Replace" => [Replace(section)],
        var type => throw section["type"].Unsupported($"a normalizer of type {TokenTable.Quote(type)}"),
    };

    private static ITextNormalizer Replace(JsonField section)
    {
        var content = section["content"].Text();
        var pattern = section["pattern"];
        if (pattern["String"].TextOrNull() is not { } text)
            return new ReplacePattern(SafeRegex.Parse(pattern["Regex"].Text(), pattern["Regex"]), content);
        return text.Length > 0 ? new ReplaceText(text, content) : throw pattern.Invalid("the text to replace is empty");
    }
}
