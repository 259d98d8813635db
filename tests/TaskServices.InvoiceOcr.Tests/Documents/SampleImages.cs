using OpenCvSharp;

namespace TaskServices.InvoiceOcr.Tests.Documents;

/// <summary>Files that the tests make themselves.</summary>
internal static class SampleImages
{
    public static byte[] Encode(string extension, int width = 320, int height = 200, Action<Mat>? draw = null)
    {
        using var image = new Mat(height, width, MatType.CV_8UC3, Scalar.White);
        draw?.Invoke(image);
        Cv2.ImEncode(extension, image, out var bytes);
        return bytes;
    }

    /// <summary>A PDF of one page with a content stream and whatever objects follow, from number 5 on.</summary>
    public static byte[] Pdf(string content, string mediaBox = "0 0 595 842", string pageEntries = "", string objects = "", string trailer = "")
    {
        var parts = new[]
        {
            "1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj\n",
            "2 0 obj << /Type /Pages /Kids [3 0 R] /Count 1 >> endobj\n",
            $"3 0 obj << /Type /Page /Parent 2 0 R /MediaBox [{mediaBox}] /Contents 4 0 R /Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >> >> {pageEntries} >> >> endobj\n",
            $"4 0 obj << /Length {content.Length} >> stream\n{content}\nendstream endobj\n",
            objects,
        };
        var text = "%PDF-1.4\n";
        var offsets = new List<int>();
        foreach (var part in parts.Where(part => part.Length > 0))
        {
            offsets.Add(text.Length);
            text += part;
        }

        var start = text.Length;
        text += $"xref\n0 {offsets.Count + 1}\n0000000000 65535 f \n" + string.Concat(offsets.Select(offset => $"{offset:D10} 00000 n \n"));
        text += $"trailer << /Root 1 0 R /Size {offsets.Count + 1} {trailer} >>\nstartxref\n{start}\n%%EOF\n";
        return System.Text.Encoding.Latin1.GetBytes(text);
    }
}
