using BitMiracle.LibTiff.Classic;
using OpenCvSharp;
using TaskServices.InvoiceOcr.Imaging;

namespace TaskServices.InvoiceOcr.Documents.Decoding;

/// <summary>Decodes the pages of a TIFF file one by one. Runs in the decoder process only.</summary>
internal static class TiffDecoder
{
    // Fax pages: 204 × 98 dots per inch, for example.
    private const double MaximumPixelAspect = 4;

    public static IEnumerable<PageImage> Decode(MemoryStream file, DocumentLimits limits)
    {
        TiffPages.Check(file.GetBuffer().AsSpan(0, (int)file.Length), limits);
        file.Position = 0;
        Tiff.SetErrorHandler(new Silence());
        using var tiff = Tiff.ClientOpen("document", "r", file, new TiffStream()) ?? throw DocumentErrors.Damaged("The TIFF image cannot be opened");
        do
        {
            yield return DecodePage(tiff, limits);
        }
        while (tiff.ReadDirectory());
    }

    private static PageImage DecodePage(Tiff tiff, DocumentLimits limits)
    {
        var width = tiff.GetField(TiffTag.IMAGEWIDTH)?[0].ToInt() ?? 0;
        var height = tiff.GetField(TiffTag.IMAGELENGTH)?[0].ToInt() ?? 0;
        limits.CheckPage(width, height);
        var raster = new int[width * height];
        if (!tiff.ReadRGBAImageOriented(width, height, raster, Orientation.TOPLEFT, stopOnError: true))
        {
            throw DocumentErrors.Damaged("A page of the TIFF image cannot be decoded");
        }

        var (dpiX, dpiY) = Resolution(tiff);
        var page = PageImage.Create(width, height, dpiX);
        var bytes = page.AsSpan();
        for (int index = 0, at = 0; index < raster.Length; index++, at += 3)
        {
            // Colours come multiplied with their opacity: what is missing is paper.
            var paper = 255 - Tiff.GetA(raster[index]);
            bytes[at] = (byte)Math.Min(255, Tiff.GetB(raster[index]) + paper);
            bytes[at + 1] = (byte)Math.Min(255, Tiff.GetG(raster[index]) + paper);
            bytes[at + 2] = (byte)Math.Min(255, Tiff.GetR(raster[index]) + paper);
        }

        return WithSquarePixels(page, dpiX, dpiY);
    }

    private static (int X, int Y) Resolution(Tiff tiff)
    {
        var scale = tiff.GetFieldDefaulted(TiffTag.RESOLUTIONUNIT)?[0].ToInt() == (int)ResUnit.CENTIMETER ? 2.54 : 1;
        return (Dots(TiffTag.XRESOLUTION), Dots(TiffTag.YRESOLUTION));

        int Dots(TiffTag tag) => (tiff.GetField(tag)?[0].ToDouble() ?? 0) * scale is >= 30 and <= 4800 and var dots ? (int)Math.Round(dots) : 0;
    }

    private static PageImage WithSquarePixels(PageImage page, int dpiX, int dpiY)
    {
        if (dpiX == 0 || dpiY == 0)
        {
            return page;
        }

        var ratio = dpiX / (double)dpiY;
        if (Math.Abs(ratio - 1) < 0.05 || ratio > MaximumPixelAspect || ratio < 1 / MaximumPixelAspect)
        {
            return page;
        }

        using (page)
        {
            var resized = new Mat();
            var size = ratio > 1 ? new Size(page.WidthPx, (int)(page.HeightPx * ratio)) : new Size((int)(page.WidthPx / ratio), page.HeightPx);
            Cv2.Resize(page.Pixels, resized, size, interpolation: InterpolationFlags.Cubic);
            return new PageImage(resized, Math.Max(dpiX, dpiY));
        }
    }

    private sealed class Silence : TiffErrorHandler
    {
        public override void ErrorHandler(Tiff tif, string method, string format, params object[] args)
        {
        }

        public override void ErrorHandlerExt(Tiff tif, object clientData, string method, string format, params object[] args)
        {
        }

        public override void WarningHandler(Tiff tif, string method, string format, params object[] args)
        {
        }

        public override void WarningHandlerExt(Tiff tif, object clientData, string method, string format, params object[] args)
        {
        }
    }
}
