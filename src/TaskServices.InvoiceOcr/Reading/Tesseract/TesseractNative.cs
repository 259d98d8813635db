using System.Runtime.InteropServices;

namespace TaskServices.InvoiceOcr.Reading.Tesseract;

/// <summary>The part of Tesseract's C API that is used (tesseract/capi.h, 5.x).</summary>
internal static unsafe partial class TesseractNative
{
    public const int LineLevel = 2;
    public const int WordLevel = 3;
    public const int SymbolLevel = 4;

    private const string Library = "libtesseract.so.5";

    [LibraryImport(Library, EntryPoint = "TessVersion")]
    public static partial nint Version();

    [LibraryImport(Library, EntryPoint = "TessBaseAPICreate")]
    public static partial nint Create();

    [LibraryImport(Library, EntryPoint = "TessBaseAPIDelete")]
    public static partial void Delete(nint engine);

    [LibraryImport(Library, EntryPoint = "TessBaseAPIInit3", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Init(nint engine, string? dataPath, string language);

    [LibraryImport(Library, EntryPoint = "TessBaseAPISetVariable", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int SetVariable(nint engine, string name, string value);

    [LibraryImport(Library, EntryPoint = "TessBaseAPISetPageSegMode")]
    public static partial void SetPageSegMode(nint engine, int mode);

    [LibraryImport(Library, EntryPoint = "TessBaseAPISetImage")]
    public static partial void SetImage(nint engine, byte* pixels, int width, int height, int bytesPerPixel, int bytesPerLine);

    [LibraryImport(Library, EntryPoint = "TessBaseAPISetSourceResolution")]
    public static partial void SetSourceResolution(nint engine, int dpi);

    [LibraryImport(Library, EntryPoint = "TessBaseAPIRecognize")]
    public static partial int Recognize(nint engine, nint monitor);

    [LibraryImport(Library, EntryPoint = "TessBaseAPIGetIterator")]
    public static partial nint GetIterator(nint engine);

    [LibraryImport(Library, EntryPoint = "TessBaseAPIClear")]
    public static partial void Clear(nint engine);

    [LibraryImport(Library, EntryPoint = "TessBaseAPIClearAdaptiveClassifier")]
    public static partial void ClearAdaptiveClassifier(nint engine);

    [LibraryImport(Library, EntryPoint = "TessResultIteratorDelete")]
    public static partial void DeleteIterator(nint iterator);

    [LibraryImport(Library, EntryPoint = "TessResultIteratorGetPageIterator")]
    public static partial nint PageIteratorOf(nint iterator);

    [LibraryImport(Library, EntryPoint = "TessResultIteratorNext")]
    public static partial int Next(nint iterator, int level);

    [LibraryImport(Library, EntryPoint = "TessResultIteratorGetUTF8Text")]
    public static partial nint TextAt(nint iterator, int level);

    [LibraryImport(Library, EntryPoint = "TessResultIteratorConfidence")]
    public static partial float ConfidenceAt(nint iterator, int level);

    [LibraryImport(Library, EntryPoint = "TessPageIteratorIsAtBeginningOf")]
    public static partial int IsAtBeginningOf(nint pageIterator, int level);

    [LibraryImport(Library, EntryPoint = "TessPageIteratorBoundingBox")]
    public static partial int BoundingBox(nint pageIterator, int level, out int left, out int top, out int right, out int bottom);

    [LibraryImport(Library, EntryPoint = "TessDeleteText")]
    public static partial void DeleteText(nint text);

    // .NET's own environment is not the one that native libraries see.
    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int SetEnvironmentVariable(string name, string value, int overwrite);
}
