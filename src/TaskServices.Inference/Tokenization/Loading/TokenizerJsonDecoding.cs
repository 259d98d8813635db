namespace TaskServices.Inference.Tokenization.Loading;

/// <summary>Reads the <c>decoder</c> section of a tokenizer.json.</summary>
internal static class TokenizerJsonDecoding
{
    /// <summary>Tells whether decoding takes away one space in front.</summary>
    public static bool DropsLeadingSpace(JsonField section) => !section.IsNull && section["type"].Text() switch
    {
        "Sequence" => section["decoders"].Items().Any(DropsLeadingSpace),
        "Strip" => section["content"].Text() == " " && section["start"].Integer() == 1 && section["stop"].Integer() == 0
            ? true
            : throw section.Unsupported("stripping more than one space in front"),
        "Metaspace" => section["prepend_scheme"].TextOrNull() is { } scheme
            ? scheme != "never"
            : section["add_prefix_space"].Flag(absent: true),
        "Replace" or "ByteFallback" or "Fuse" => false,
        var type => throw section["type"].Unsupported($"a decoder of type {TokenTable.Quote(type)}"),
    };
}
