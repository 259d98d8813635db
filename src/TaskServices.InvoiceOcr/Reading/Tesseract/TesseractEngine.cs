using System.Runtime.InteropServices;
using OpenCvSharp;

namespace TaskServices.InvoiceOcr.Reading.Tesseract;

/// <summary>A character as Tesseract read it, with its box in pixels of the image that it was given.</summary>
internal readonly record struct ReadSymbol(string Text, float Probability, PixelBox Box, bool StartsWord, bool StartsLine);

/// <summary>One engine. It holds state between calls and is never used by two threads.</summary>
internal sealed unsafe class TesseractEngine : IDisposable
{
    private const int SingleLine = 7;

    // Tesseract guesses wrongly on crops, and only uses it for sizes.
    private const int UsualDpi = 300;

    private nint _engine;

    /// <exception cref="InvoiceOcrException"><c>READER_MISSING</c>: the library or the language is not installed.</exception>
    public TesseractEngine(string languages)
    {
        _engine = TesseractNative.Create();
        _ = TesseractNative.SetVariable(_engine, "debug_file", "/dev/null");
        if (TesseractNative.Init(_engine, null, languages) != 0)
        {
            Dispose();
            throw new InvoiceOcrException(
                "READER_MISSING", $"Tesseract has no data for '{languages}': apt-get install {string.Join(' ', languages.Split('+').Select(language => "tesseract-ocr-" + language))}");
        }
    }

    /// <summary>Reads a page with a page segmentation mode of Tesseract (3: automatic, 6: one block, 11: sparse text).</summary>
    public IReadOnlyList<ReadSymbol> ReadPage(Mat bgr, int dpi, int segmentation) => Read(bgr, dpi > 0 ? dpi : UsualDpi, segmentation);

    /// <summary>Reads an image that holds one line.</summary>
    public IReadOnlyList<ReadSymbol> ReadLine(Mat bgr) => Read(bgr, UsualDpi, SingleLine);

    public void Dispose()
    {
        if (_engine != 0)
        {
            TesseractNative.Delete(_engine);
            _engine = 0;
        }
    }

    private List<ReadSymbol> Read(Mat bgr, int dpi, int segmentation)
    {
        using var gray = new Mat();
        Cv2.CvtColor(bgr, gray, ColorConversionCodes.BGR2GRAY);
        TesseractNative.SetPageSegMode(_engine, segmentation);
        TesseractNative.SetImage(_engine, (byte*)gray.Data, gray.Width, gray.Height, 1, (int)gray.Step());
        TesseractNative.SetSourceResolution(_engine, dpi);
        try
        {
            return TesseractNative.Recognize(_engine, 0) == 0 ? Symbols() : [];
        }
        finally
        {
            // What it learned on one document must not change how it reads the next.
            TesseractNative.ClearAdaptiveClassifier(_engine);
            TesseractNative.Clear(_engine);
        }
    }

    private List<ReadSymbol> Symbols()
    {
        var symbols = new List<ReadSymbol>();
        var iterator = TesseractNative.GetIterator(_engine);
        if (iterator == 0)
        {
            return symbols;
        }

        try
        {
            var page = TesseractNative.PageIteratorOf(iterator);
            do
            {
                var pointer = TesseractNative.TextAt(iterator, TesseractNative.SymbolLevel);
                if (pointer == 0)
                {
                    continue;
                }

                var text = Marshal.PtrToStringUTF8(pointer) ?? "";
                TesseractNative.DeleteText(pointer);
                if (text.Length > 0 && TesseractNative.BoundingBox(page, TesseractNative.SymbolLevel, out var left, out var top, out var right, out var bottom) != 0)
                {
                    symbols.Add(new ReadSymbol(
                        text,
                        Math.Clamp(TesseractNative.ConfidenceAt(iterator, TesseractNative.SymbolLevel) / 100, 0, 1),
                        new PixelBox(left, top, right, bottom),
                        TesseractNative.IsAtBeginningOf(page, TesseractNative.WordLevel) != 0,
                        TesseractNative.IsAtBeginningOf(page, TesseractNative.LineLevel) != 0));
                }
            }
            while (TesseractNative.Next(iterator, TesseractNative.SymbolLevel) != 0);
        }
        finally
        {
            TesseractNative.DeleteIterator(iterator);
        }

        return symbols;
    }
}
