using TaskServices.Inference.Tokenization;

namespace TaskServices.Inference.Service.Remote;

/// <summary>Tokenizers of remote models on disk, by the hash of their files. Safe for use from several threads and processes.</summary>
/// <param name="folders">Folders to keep them in; the first that can be written is used.</param>
internal sealed class TokenizerCache(IReadOnlyList<string> folders)
{
    private const long MaxFileBytes = 128L << 20;

    /// <summary>Loads a tokenizer, fetching its files where they are not there yet.</summary>
    /// <param name="files">Its files as the host names them.</param>
    /// <param name="sha256">Hash over them, as the host states it.</param>
    /// <param name="fetch">Writes the content of one file to a stream.</param>
    /// <exception cref="InferenceException"><c>TOKENIZER_INVALID</c>, <c>CACHE_NOT_WRITABLE</c>, or what fetching throws.</exception>
    public async Task<ITokenizer> LoadAsync(
        IReadOnlyList<TokenizerFile> files, string sha256, Func<TokenizerFile, Stream, CancellationToken, Task> fetch, CancellationToken cancellationToken)
    {
        Check(files, sha256);
        InferenceException? failure = null;
        foreach (var folder in folders)
        {
            var directory = Path.Combine(folder, "tokenizers", sha256);
            try
            {
                if (!IsWhole(directory, files))
                    await FetchAsync(directory, files, fetch, cancellationToken).ConfigureAwait(false);
                return TokenizerLoader.Load(directory);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                failure = new InferenceException(
                    "CACHE_NOT_WRITABLE", $"{directory}: cannot be written ({exception.Message.ReplaceLineEndings(" ")}); give a folder with --cache.", exception);
            }
        }

        throw failure!;
    }

    // The names become paths here and the host is another machine: only known names are taken.
    private static void Check(IReadOnlyList<TokenizerFile> files, string sha256)
    {
        var isSound = files.Count is > 0 and <= 16
            && files.All(file => TokenizerFiles.Names.Contains(file.Name) && file.SizeBytes is >= 0 and <= MaxFileBytes)
            && files.Select(file => file.Name).Distinct().Count() == files.Count
            && TokenizerFile.HashOf(files) == sha256;
        if (!isSound)
        {
            throw new InferenceException(
                "TOKENIZER_INVALID", "The inference host describes its tokenizer's files in a way that does not hold together; is it of this version?");
        }
    }

    private static bool IsWhole(string directory, IReadOnlyList<TokenizerFile> files) => files.All(file =>
    {
        var path = Path.Combine(directory, file.Name);
        return File.Exists(path) && TokenizerFile.Read(path) == file;
    });

    private static async Task FetchAsync(
        string directory, IReadOnlyList<TokenizerFile> files, Func<TokenizerFile, Stream, CancellationToken, Task> fetch, CancellationToken cancellationToken)
    {
        var staging = $"{directory}.{Guid.NewGuid():N}";
        Directory.CreateDirectory(staging);
        try
        {
            foreach (var file in files)
            {
                var path = Path.Combine(staging, file.Name);
                await using (var stream = File.Create(path))
                    await fetch(file, stream, cancellationToken).ConfigureAwait(false);
                if (TokenizerFile.Read(path) != file)
                    throw new InferenceException("TOKENIZER_INVALID", $"The inference host sent other bytes for {file.Name} than it said.");
            }

            if (Directory.Exists(directory))
                Directory.Delete(directory, recursive: true); // Damaged, or another process was faster with the same content.
            Directory.Move(staging, directory);
        }
        finally
        {
            if (Directory.Exists(staging))
                Directory.Delete(staging, recursive: true);
        }
    }
}
