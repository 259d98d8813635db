using TaskServices.Inference.Models.Importing;

namespace TaskServices.Inference.Tokenization;

/// <summary>The files of a model directory from which its tokenizer and its chat format are read.</summary>
public static class TokenizerFiles
{
    /// <summary>Gets the names of the files that belong to a checkpoint's tokenizer and its generation settings.</summary>
    internal static IReadOnlyList<string> OfCheckpoints { get; } =
    [
        "tokenizer.json", "tokenizer.model", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json", "generation_config.json", "chat_template.jinja",
    ];

    /// <summary>Gets every name that such a file can have.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. OfCheckpoints, GgufTokenizerFile.FileName];

    /// <summary>Finds those that an imported model's directory holds.</summary>
    public static IReadOnlyList<string> Find(string directory) =>
        [.. Names.Select(name => Path.Combine(directory, name)).Where(File.Exists)];
}
