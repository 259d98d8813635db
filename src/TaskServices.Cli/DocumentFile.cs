using TaskServices.InvoiceOcr;
using TaskServices.InvoiceOcr.Documents;

namespace TaskServices.Cli;

/// <summary>Reads a document's bytes, never more than a document may have.</summary>
internal static class DocumentFile
{
    /// <exception cref="CliException">There is no such file, or it is a folder.</exception>
    /// <exception cref="InvoiceOcrException"><c>DOCUMENT_TOO_LARGE</c>.</exception>
    public static async Task<byte[]> ReadAsync(string path, CancellationToken cancellationToken)
    {
        if (!File.Exists(path))
        {
            throw CliException.FileNotFound(path);
        }

        var limit = new DocumentLimits().MaximumBytes;
        await using var stream = File.OpenRead(path);
        using var bytes = new MemoryStream();
        var buffer = new byte[1 << 16];
        // Devices and pipes have no length: what is read counts.
        while (await stream.ReadAsync(buffer, cancellationToken) is > 0 and var count)
        {
            bytes.Write(buffer, 0, count);
            if (bytes.Length > limit)
            {
                throw new InvoiceOcrException("DOCUMENT_TOO_LARGE", $"{path}: more than {limit} bytes, which is the limit: scan it at 300 dpi.");
            }
        }

        return bytes.ToArray();
    }
}
