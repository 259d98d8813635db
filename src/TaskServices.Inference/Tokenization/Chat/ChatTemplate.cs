using TaskServices.Inference.Models;
using TaskServices.Inference.Tokenization.Loading;

namespace TaskServices.Inference.Tokenization.Chat;

/// <summary>A model's chat template as its files hold it.</summary>
/// <param name="File">The file that holds it, or the path that was searched.</param>
/// <param name="Text">The template (Jinja), or null where the model has none.</param>
/// <param name="ModelName">The name that the file gives its model, or null.</param>
internal sealed record ChatTemplate(string File, string? Text, string? ModelName)
{
    private const int MaxBytes = 256 << 10;

    /// <summary>Reads the template of a model directory, or of a GGUF or tokenizer file.</summary>
    /// <remarks>chat_template.jinja goes before tokenizer_config.json, and both before GGUF metadata, as in transformers.</remarks>
    public static ChatTemplate Read(string path)
    {
        if (!Directory.Exists(path))
        {
            if (!System.IO.File.Exists(path))
                throw TokenizerErrors.NotFound(path, "no such file or directory");
            return TokenizerLoader.IsGguf(path) ? ReadGguf(path) : ReadFolder(Path.GetDirectoryName(Path.GetFullPath(path))!);
        }

        var found = ReadFolder(path);
        if (found.Text is not null)
            return found;
        var own = Path.Combine(path, "tokenizer.gguf");
        return System.IO.File.Exists(own) ? ReadGguf(own) : Directory.GetFiles(path, "*.gguf") is [var only] ? ReadGguf(only) : found;
    }

    private static ChatTemplate ReadFolder(string folder)
    {
        var file = Path.Combine(folder, "chat_template.jinja");
        if (System.IO.File.Exists(file))
            return new ChatTemplate(file, System.Text.Encoding.UTF8.GetString(BoundedFile.Read(file, MaxBytes)), null);
        file = Path.Combine(folder, "tokenizer_config.json");
        return System.IO.File.Exists(file)
            ? new ChatTemplate(file, Named(JsonFile.Read(file)["chat_template"]), null)
            : new ChatTemplate(folder, null, null);
    }

    /// <summary>The field holds one template, or several with names.</summary>
    private static string? Named(JsonField field)
    {
        if (field.Value.ValueKind is not System.Text.Json.JsonValueKind.Array)
            return field.TextOrNull();
        foreach (var item in field.Items())
        {
            if (item["name"].Text() == "default")
                return item["template"].Text();
        }

        throw ChatFormat.Unsupported(field.File, "chat_template holds several templates, none of them named 'default'");
    }

    private static ChatTemplate ReadGguf(string path)
    {
        using var file = GgufFile.Open(path);
        var metadata = new GgufMetadata(file);
        return new ChatTemplate(path, metadata.Text("tokenizer.chat_template"), metadata.Text("general.name"));
    }
}
