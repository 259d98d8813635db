namespace TaskServices.Inference.Tokenization.Loading;

/// <summary>Reads whole files that others wrote, up to a bound.</summary>
internal static class BoundedFile
{
    /// <exception cref="InferenceException">The file is absent, unreadable or larger than <paramref name="maxBytes"/>.</exception>
    public static byte[] Read(string path, int maxBytes)
    {
        try
        {
            using var stream = File.OpenRead(path);
            if (stream.Length > maxBytes)
                throw TokenizerErrors.Invalid(path, "size", $"{stream.Length:N0} bytes; a tokenizer file has at most {maxBytes:N0}");
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            return bytes;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new InferenceException("TOKENIZER_NOT_FOUND", $"{path}: cannot be read: {e.Message.ReplaceLineEndings(" ")}", e);
        }
    }
}
