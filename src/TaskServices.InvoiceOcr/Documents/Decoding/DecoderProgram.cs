using System.Text.Json;
using OpenCvSharp;

namespace TaskServices.InvoiceOcr.Documents.Decoding;

/// <summary>
/// The child's side: decodes the one document on its standard input and writes <see cref="DecoderMessages"/> on its standard output. A program that
/// reads documents calls <see cref="TryRun"/> first thing, as it is itself started again for each document.
/// </summary>
public static class DecoderProgram
{
    internal const string Argument = "--decode-untrusted-document";

    /// <summary>Runs and returns the exit code where this process was started to decode; null where it was not.</summary>
    public static int? TryRun(IReadOnlyList<string> arguments)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        return arguments is [Argument, var type, var limits] ? Run(type, JsonSerializer.Deserialize<DocumentLimits>(limits)!) : null;
    }

    private static int Run(string type, DocumentLimits limits)
    {
        using var output = new BufferedStream(Console.OpenStandardOutput(), 1 << 16);
        try
        {
            using var input = new MemoryStream();
            using (var stream = Console.OpenStandardInput())
            {
                stream.CopyTo(input);
            }

            if (type == ContentType.Pdf)
            {
                DecoderMessages.WriteText(output, DecoderMessages.Content, JsonSerializer.SerializeToUtf8Bytes(PdfContentReader.Read(input.ToArray(), limits)));
            }
            else
            {
                Cv2.SetNumThreads(1);
                foreach (var page in type == ContentType.Tiff ? TiffDecoder.Decode(input, limits) : ImageDecoder.Decode(input.ToArray(), type, limits))
                {
                    using (page)
                    {
                        WritePage(output, page);
                    }
                }
            }

            output.WriteByte(DecoderMessages.End);
        }
        catch (InvoiceOcrException exception)
        {
            DecoderMessages.WriteError(output, exception);
        }
        catch (Exception exception) when (exception is not (OutOfMemoryException or InsufficientExecutionStackException))
        {
            DecoderMessages.WriteError(output, DocumentErrors.Damaged("The document cannot be decoded"));
        }

        return 0;
    }

    private static void WritePage(Stream output, Imaging.PageImage page)
    {
        Span<byte> header =
        [
            DecoderMessages.Page, .. BitConverter.GetBytes(page.WidthPx), .. BitConverter.GetBytes(page.HeightPx), .. BitConverter.GetBytes(page.Dpi),
        ];
        output.Write(header);
        output.Write(page.AsSpan());
        output.Flush();
    }
}
