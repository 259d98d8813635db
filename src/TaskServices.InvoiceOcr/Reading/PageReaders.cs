using TaskServices.InvoiceOcr.Reading.PpOcr;
using TaskServices.InvoiceOcr.Reading.Tesseract;

namespace TaskServices.InvoiceOcr.Reading;

/// <summary>Opens readers by name.</summary>
public static class PageReaders
{
    /// <summary>Both readers, the second one checking the first.</summary>
    public const string Both = "both";

    /// <summary>Gets the names that <see cref="Open"/> takes.</summary>
    public static IReadOnlyList<string> Names { get; } = [PpOcrReader.ReaderName, TesseractReader.ReaderName, Both];

    /// <summary>Opens a reader. Of two, one that is missing is done without.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="modelDirectory">Folder of PP-OCR's networks.</param>
    /// <param name="languages">Tesseract's languages, joined by <c>+</c>.</param>
    /// <param name="note">Is told in one line what is done without.</param>
    /// <exception cref="InvoiceOcrException">No reader can be opened.</exception>
    public static IPageReader Open(string name, string modelDirectory, string languages, Action<string> note)
    {
        ArgumentNullException.ThrowIfNull(note);
        return name switch
        {
            PpOcrReader.ReaderName => PpOcrReader.Open(modelDirectory),
            TesseractReader.ReaderName => TesseractReader.Open(languages),
            Both => OpenBoth(modelDirectory, languages, note),
            _ => throw new ArgumentOutOfRangeException(nameof(name), name, "Not a reader."),
        };
    }

    private static IPageReader OpenBoth(string modelDirectory, string languages, Action<string> note)
    {
        TesseractReader? second = null;
        try
        {
            second = TesseractReader.Open(languages);
        }
        catch (InvoiceOcrException exception)
        {
            note($"reading with PP-OCR alone, nothing is read twice: {exception.Message}");
        }

        try
        {
            var first = PpOcrReader.Open(modelDirectory);
            return second is null ? first : new CheckedReader(first, second);
        }
        catch (InvoiceOcrException exception) when (second is not null)
        {
            note($"reading with Tesseract alone, which finds less: {exception.Message}");
            return second;
        }
    }
}
