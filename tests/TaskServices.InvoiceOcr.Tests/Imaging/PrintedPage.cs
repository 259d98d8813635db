using OpenCvSharp;
using TaskServices.InvoiceOcr.Imaging;

namespace TaskServices.InvoiceOcr.Tests.Imaging;

/// <summary>A page that OpenCV prints on, in its own plain type.</summary>
internal static class PrintedPage
{
    public static PageImage Create(params string[] lines)
    {
        using var page = new Mat(100 + (lines.Length * 60), 900, MatType.CV_8UC3, Scalar.White);
        for (var index = 0; index < lines.Length; index++)
        {
            Cv2.PutText(page, lines[index], new Point(60, 80 + (index * 60)), HersheyFonts.HersheyComplex, 1, Scalar.Black, 2, LineTypes.AntiAlias);
        }

        return new PageImage(page.Clone());
    }

    public static PageImage Tilted(PageImage page, double degrees)
    {
        using var turn = Cv2.GetRotationMatrix2D(new Point2f(page.WidthPx / 2f, page.HeightPx / 2f), -degrees, 1);
        var tilted = new Mat();
        Cv2.WarpAffine(page.Pixels, tilted, turn, page.Pixels.Size(), borderValue: Scalar.White);
        return new PageImage(tilted);
    }
}
