using System.Text;

namespace TaskServices.InvoiceOcr.Documents.Decoding;

/// <summary>What a decoder process may say: pages, the content of a PDF, an error, the end. The parent trusts none of it.</summary>
internal static class DecoderMessages
{
    public const byte Page = (byte)'P';
    public const byte Content = (byte)'C';
    public const byte Error = (byte)'E';
    public const byte End = (byte)'Z';

    public const int MaximumTextBytes = 64_000_000;

    public static void WriteText(Stream output, byte kind, ReadOnlySpan<byte> utf8)
    {
        Span<byte> header = [kind, .. BitConverter.GetBytes(utf8.Length)];
        output.Write(header);
        output.Write(utf8);
    }

    public static void WriteError(Stream output, InvoiceOcrException error) => WriteText(output, Error, Encoding.UTF8.GetBytes(error.Reason + "\n" + error.Message));

    public static InvoiceOcrException ToError(string text)
    {
        var parts = text.Split('\n', 2);
        return parts.Length == 2 && parts[0].StartsWith("DOCUMENT_", StringComparison.Ordinal)
            ? new InvoiceOcrException(parts[0], parts[1].ReplaceLineEndings(" "))
            : DocumentErrors.Crashed();
    }
}
