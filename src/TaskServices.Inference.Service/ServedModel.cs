using TaskServices.Inference.Tokenization.Chat;

namespace TaskServices.Inference.Service;

/// <summary>A loaded model and what its clients need to know of it. Safe for use from several threads.</summary>
public sealed class ServedModel
{
    private ServedModel(InferenceHost host, AdapterFolder? adapterFolder)
    {
        (Host, AdapterFolder) = (host, adapterFolder);
        TokenizerFiles = [.. Tokenization.TokenizerFiles.Find(host.Directory).Select(TokenizerFile.Read)];
        TokenizerSha256 = TokenizerFile.HashOf(TokenizerFiles);
        try
        {
            ChatFormat = ChatFormat.Find(host.Directory);
        }
        catch (InferenceException exception)
        {
            ChatFormatError = exception; // A model whose chat template is unknown still completes plain prompts.
        }
    }

    /// <summary>Gets the model; the caller of <see cref="Create"/> disposes it.</summary>
    public InferenceHost Host { get; }

    /// <summary>Gets where adapters may be loaded from, or null where they may not.</summary>
    internal AdapterFolder? AdapterFolder { get; }

    internal IReadOnlyList<TokenizerFile> TokenizerFiles { get; }

    internal string TokenizerSha256 { get; }

    internal ChatFormat? ChatFormat { get; }

    internal InferenceException? ChatFormatError { get; }

    /// <summary>Makes a model ready to be served.</summary>
    /// <param name="host">The model; not disposed here.</param>
    /// <param name="adapterFolder">
    /// Folder whose PEFT subfolders are loaded under their names, here and later on when clients ask for it; or null.
    /// </param>
    /// <exception cref="InferenceException">An adapter cannot be loaded.</exception>
    public static ServedModel Create(InferenceHost host, string? adapterFolder)
    {
        var folder = adapterFolder is null ? null : new AdapterFolder(adapterFolder);
        foreach (var name in folder?.List() ?? [])
            host.Adapters.Load(name, folder!.Find(name));
        return new ServedModel(host, folder);
    }
}
