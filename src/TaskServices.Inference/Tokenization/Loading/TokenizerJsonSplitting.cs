using TaskServices.Inference.Tokenization.Splitting;

namespace TaskServices.Inference.Tokenization.Loading;

/// <summary>Reads the <c>pre_tokenizer</c> section of a tokenizer.json.</summary>
internal static class TokenizerJsonSplitting
{
    /// <summary>Tells whether the model sees bytes, written in the byte alphabet.</summary>
    public static bool UsesByteLevel(JsonField section) => section["type"].TextOrNull() switch
    {
        "ByteLevel" => true,
        "Sequence" => section["pretokenizers"].Items().Any(UsesByteLevel),
        _ => false,
    };

    /// <summary>Puts the section's steps before <paramref name="next"/>.</summary>
    public static EncodingStep Build(JsonField section, EncodingStep next)
    {
        if (section.IsNull)
            return next;
        switch (section["type"].Text())
        {
            case "Sequence":
                return Sequence([.. section["pretokenizers"].Items()], next);
            case "Split":
                return Split(section, next);
            case "Digits":
                var isSingle = section["individual_digits"].Flag(absent: false);
                return new SplitStep(new RunScanner(CharacterClasses.IsNumber, isSingle), next);
            case "Punctuation":
                var behavior = Behavior(section["behavior"], SplitBehavior.Isolated);
                return new SplitStep(new RunScanner(IsPunctuation, single: true), next, behavior);
            case "ByteLevel":
                next = section["use_regex"].Flag(absent: true) ? new SplitStep(new Gpt2Scanner(), next) : next;
                return section["add_prefix_space"].Flag(absent: true) ? new PrefixSpaceStep(next) : next;
            case "Metaspace":
                return Metaspace(section, next);
            case var type:
                throw section["type"].Unsupported($"a pre-tokenizer of type {TokenTable.Quote(type)}");
        }
    }

    private static EncodingStep Sequence(JsonField[] parts, EncodingStep next)
    {
        for (var i = parts.Length - 1; i >= 0; i--)
        {
            if (i < parts.Length - 1 && UsesByteLevel(parts[i]))
                throw parts[i].Unsupported("splitting after ByteLevel");
            next = Build(parts[i], next);
        }

        return next;
    }

    private static EncodingStep Split(JsonField section, EncodingStep next)
    {
        var behavior = Behavior(section["behavior"], absent: null);
        var invert = section["invert"].Flag(absent: false);
        var pattern = section["pattern"];
        if (pattern["String"].TextOrNull() is { } text)
        {
            return text.Length > 0
                ? new SplitStep(new LiteralScanner(text), next, behavior, invert)
                : throw pattern.Invalid("the text to split at is empty");
        }

        var expression = pattern["Regex"].Text();
        return PreTokenizers.ForPattern(expression) is { } scanner
            ? new SplitStep(scanner, next, behavior, invert)
            : new RegexSplitStep(SafeRegex.Parse(expression, pattern["Regex"]), next, behavior, invert);
    }

    private static MetaspaceStep Metaspace(JsonField section, EncodingStep next)
    {
        if (section["replacement"].TextOrNull() is { } mark && mark != "▁")
            throw section["replacement"].Unsupported($"the space mark {TokenTable.Quote(mark)}");
        var scheme = section["prepend_scheme"].TextOrNull() switch
        {
            "first" => PrependScheme.First,
            "never" => PrependScheme.Never,
            "always" => PrependScheme.Always,
            null => section["add_prefix_space"].Flag(absent: true) ? PrependScheme.Always : PrependScheme.Never,
            var other => throw section["prepend_scheme"].Unsupported($"the scheme {TokenTable.Quote(other)}"),
        };
        if (section["split"].Flag(absent: true))
            next = new SplitStep(new LiteralScanner("▁"), next, SplitBehavior.MergedWithNext);
        return new MetaspaceStep(scheme, next);
    }

    private static SplitBehavior Behavior(JsonField field, SplitBehavior? absent)
    {
        if (field.IsNull && absent is { } value)
            return value;
        return Enum.TryParse<SplitBehavior>(field.Text(), out var behavior) && Enum.IsDefined(behavior)
            ? behavior
            : throw field.Unsupported($"the behavior {TokenTable.Quote(field.Text())}");
    }

    private static bool IsPunctuation(System.Text.Rune rune) =>
        CharacterClasses.IsPunctuation(rune) || (rune.Value is > 32 and < 127 && !char.IsAsciiLetterOrDigit((char)rune.Value));
}
