namespace TaskServices.Inference;

/// <summary>Text of a file that others wrote, fit for an error message: one line, not long, nothing that steers a terminal.</summary>
internal static class ErrorText
{
    private const int MaxLength = 300;

    public static string Quote(string text)
    {
        var start = text.Length <= MaxLength ? text : text[..(char.IsHighSurrogate(text[MaxLength - 1]) ? MaxLength - 1 : MaxLength)] + "…";
        return string.Create(start.Length, start, static (span, source) =>
        {
            for (var i = 0; i < span.Length; i++)
            {
                span[i] = char.IsControl(source[i]) || source[i] is '\u2028' or '\u2029' ? ' ' : source[i];
            }
        });
    }
}
