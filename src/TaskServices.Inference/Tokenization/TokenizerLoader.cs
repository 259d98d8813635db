using TaskServices.Inference.Tokenization.Loading;

namespace TaskServices.Inference.Tokenization;

/// <summary>Loads a model's own tokenizer.</summary>
public static class TokenizerLoader
{
    /// <summary>
    /// Loads from a <c>.gguf</c> file, a <c>tokenizer.json</c>, a SentencePiece <c>.model</c>, or a model directory that holds one of these
    /// (the first found of tokenizer.json, tokenizer.gguf, tokenizer.model, the only *.gguf).
    /// </summary>
    /// <remarks>BOS and end tokens come from the same file, and from tokenizer_config.json and generation_config.json beside it.</remarks>
    /// <exception cref="InferenceException">
    /// <c>TOKENIZER_NOT_FOUND</c>, <c>TOKENIZER_INVALID</c> (a broken file, or none of these), <c>TOKENIZER_UNSUPPORTED</c> (a kind of
    /// tokenizer that is not built here), or, for GGUF, the errors of <see cref="Models.GgufFile.Open"/>.
    /// </exception>
    public static ITokenizer Load(string path)
    {
        var file = Directory.Exists(path) ? FindIn(path) : path;
        if (!File.Exists(file))
            throw TokenizerErrors.NotFound(path, "no such file or directory");
        return Path.GetExtension(file).ToUpperInvariant() switch
        {
            ".GGUF" => GgufTokenizer.Load(file),
            ".JSON" => TokenizerJson.Load(file),
            ".MODEL" => SentencePieceFile.Load(file),
            _ => LoadByContent(file),
        };
    }

    private static string FindIn(string directory)
    {
        foreach (var name in (string[])["tokenizer.json", "tokenizer.gguf", "tokenizer.model"])
        {
            if (File.Exists(Path.Combine(directory, name)))
                return Path.Combine(directory, name);
        }

        var models = Directory.GetFiles(directory, "*.gguf");
        return models.Length switch
        {
            1 => models[0],
            0 => throw TokenizerErrors.NotFound(directory, "holds no tokenizer.json, tokenizer.model, tokenizer.gguf or *.gguf"),
            _ => throw TokenizerErrors.NotFound(directory, $"holds {models.Length} GGUF files and no tokenizer.json; name one of them"),
        };
    }

    /// <summary>Tells whether a file is GGUF, whatever its name.</summary>
    internal static bool IsGguf(string file)
    {
        Span<byte> start = stackalloc byte[4];
        return FirstBytes(file, start).SequenceEqual("GGUF"u8);
    }

    /// <summary>A file of another name, for example in a cache that names files by hash: told apart by its first bytes.</summary>
    private static BpeTokenizer LoadByContent(string file)
    {
        Span<byte> start = stackalloc byte[1];
        return IsGguf(file) ? GgufTokenizer.Load(file)
            : FirstBytes(file, start).SequenceEqual("{"u8) ? TokenizerJson.Load(file)
            : SentencePieceFile.Load(file);
    }

    private static ReadOnlySpan<byte> FirstBytes(string file, Span<byte> bytes)
    {
        try
        {
            using var stream = File.OpenRead(file);
            return bytes[..stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw TokenizerErrors.NotFound(file, $"cannot be read: {e.Message.ReplaceLineEndings(" ")}");
        }
    }
}
