namespace TaskServices.Inference.Tokenization.Splitting;

/// <summary>The pre-tokenizers of model families: by the name that GGUF files give them, and by their patterns.</summary>
internal static class PreTokenizers
{
    private const string Gpt2Pattern = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";
    private const string Contractions = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
    private const string Llama3Rest = @"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    /// <summary>CJK and Hangul, as DeepSeek's tokenizers write it.</summary>
    private const string DeepSeekIdeographs = "[一-龥ࠀ-一가-퟿]+";

    private static readonly Dictionary<string, TextScanner> Patterns = new(StringComparer.Ordinal)
    {
        [Gpt2Pattern] = new Gpt2Scanner(),
        [Contractions + @"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}" + Llama3Rest] = new Llama3Scanner(maxDigits: 3),
        [Contractions + @"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}" + Llama3Rest] = new Llama3Scanner(maxDigits: 1),
        [@"[\r\n]"] = new RunScanner(rune => rune.Value is '\r' or '\n', single: true),
        [@"\s?\p{L}+"] = new RunScanner(CharacterClasses.IsLetter, leadingSpace: true),
        [@"\s?\p{P}+"] = new RunScanner(CharacterClasses.IsPunctuation, leadingSpace: true),
        [@"\p{N}"] = new RunScanner(CharacterClasses.IsNumber, single: true),
        [@"\p{N}+"] = new RunScanner(CharacterClasses.IsNumber),
        [DeepSeekIdeographs] = new RunScanner(rune => rune.Value is >= 0x0800 and <= 0x9FA5 or >= 0xAC00 and <= 0xD7FF),
    };

    /// <summary>Names as in llama.cpp; each maps to patterns that split one after the other.</summary>
    private static readonly Dictionary<string, string[]> Families = MakeFamilies();

    /// <summary>Gets a scanner that matches exactly what a regular expression matches; null where none is built.</summary>
    public static TextScanner? ForPattern(string pattern) => Patterns.GetValueOrDefault(pattern);

    /// <summary>Puts the steps of a family before <paramref name="next"/>; null where the family is unknown.</summary>
    public static EncodingStep? ForFamily(string name, EncodingStep next)
    {
        if (!Families.TryGetValue(name, out var patterns))
            return null;
        foreach (var pattern in patterns.Reverse())
            next = new SplitStep(Patterns[pattern], next);
        return next;
    }

    private static Dictionary<string, string[]> MakeFamilies()
    {
        string[] gpt2 = [Gpt2Pattern];
        string[] digitsThenGpt2 = [@"\p{N}", Gpt2Pattern];
        string[] llama3 = [Contractions + @"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}" + Llama3Rest];
        string[] qwen2 = [Contractions + @"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}" + Llama3Rest];
        string[] deepSeekCoder = [@"[\r\n]", @"\s?\p{L}+", @"\s?\p{P}+", DeepSeekIdeographs, @"\p{N}"];
        return new(StringComparer.Ordinal)
        {
            ["gpt-2"] = gpt2,
            ["phi-2"] = gpt2,
            ["mpt"] = gpt2,
            ["olmo"] = gpt2,
            ["smollm"] = digitsThenGpt2,
            ["starcoder"] = digitsThenGpt2,
            ["refact"] = digitsThenGpt2,
            ["command-r"] = digitsThenGpt2,
            ["llama-bpe"] = llama3,
            ["llama3"] = llama3,
            ["llama-v3"] = llama3,
            ["qwen2"] = qwen2,
            ["deepseek-r1-qwen"] = qwen2,
            ["deepseek-coder"] = deepSeekCoder,
        };
    }
}
