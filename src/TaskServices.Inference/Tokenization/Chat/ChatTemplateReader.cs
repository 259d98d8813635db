using System.Text.RegularExpressions;

namespace TaskServices.Inference.Tokenization.Chat;

/// <summary>Recognises the format that a template writes by texts that only such templates hold; runs no template.</summary>
internal static partial class ChatTemplateReader
{
    private const int MaxLength = 256 << 10;

    /// <returns>The format, and why it is plain where the model has no template.</returns>
    public static (ChatSyntax Syntax, string? Note) Recognize(ChatTemplate template)
    {
        if (string.IsNullOrWhiteSpace(template.Text))
        {
            return template.ModelName is { } name && Orca2Name().IsMatch(name)
                ? (ChatFormats.Orca2, null)
                : (ChatFormats.Plain, $"{template.File}: the model has no chat template; messages are written without roles");
        }

        if (template.Text.Length > MaxLength)
        {
            throw ChatFormat.Unsupported(
                template.File, $"the chat template has {template.Text.Length:N0} characters; at most {MaxLength:N0} are read");
        }

        ChatSyntax[] fits = [.. ChatFormats.Recognizable.Where(syntax => Fits(syntax, template.Text))];
        if (fits is not [var found])
        {
            throw ChatFormat.Unsupported(template.File, fits.Length == 0
                ? "the chat template is of no known format"
                : $"the chat template could be {string.Join(" or ", fits.Select(syntax => syntax.Name))}");
        }

        if (ReferenceEquals(found, ChatFormats.ChatMl))
            found = found with { DefaultSystemMessage = DefaultSystemMessage(template) };
        return (found, null);
    }

    private static bool Fits(ChatSyntax syntax, string template) =>
        syntax.Markers.All(marker => template.Contains(marker, StringComparison.Ordinal))
        && !syntax.Excludes.Any(marker => template.Contains(marker, StringComparison.Ordinal));

    private static string? DefaultSystemMessage(ChatTemplate template)
    {
        var match = SystemTurn().Match(template.Text!);
        if (match.Success)
            return match.Groups["message"].Value.Replace("\\n", "\n", StringComparison.Ordinal);

        // A default that is put together elsewhere in the template cannot be read off it; leaving it out would change the model's answers.
        return Persona().IsMatch(template.Text!)
            ? throw ChatFormat.Unsupported(template.File, "the chat template makes its default system message in an unknown way")
            : null;
    }

    [GeneratedRegex(@"<\|im_start\|>system(\\n|\n)(?<message>([^'""{}<\\]|\\n)+)<\|im_end\|>", RegexOptions.ExplicitCapture, 2_000)]
    private static partial Regex SystemTurn();

    [GeneratedRegex("You are (?!provided)")]
    private static partial Regex Persona();

    [GeneratedRegex("orca[-_ ]?2", RegexOptions.IgnoreCase)]
    private static partial Regex Orca2Name();
}
