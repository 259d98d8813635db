using System.Collections.Concurrent;
using System.Text;
using OpenCvSharp;
using TaskServices.InvoiceOcr.Imaging;

namespace TaskServices.InvoiceOcr.Reading.Tesseract;

/// <summary>Tesseract 5 through its C API: an engine for each thread that reads at the same time, raw pixels in, never files. Thread-safe.</summary>
public sealed class TesseractReader : IPageReader
{
    /// <summary>The name that this reader's lines carry.</summary>
    public const string ReaderName = "tesseract";

    // Text that stands in one block: receipts and forms come out in rows, where automatic layout tears columns apart.
    private const int OneBlock = 6;

    // Tesseract wants paper around the letters.
    private const int MarginPx = 10;

    private readonly string _languages;

    private readonly ConcurrentBag<TesseractEngine> _idle = [];

    private TesseractReader(string languages, TesseractEngine first)
    {
        _languages = languages;
        _idle.Add(first);
    }

    /// <inheritdoc/>
    public string Name => ReaderName;

    /// <summary>Loads Tesseract.</summary>
    /// <param name="languages">Tesseract's names joined by <c>+</c>, for example <c>deu+eng</c>; each one costs its own pass.</param>
    /// <exception cref="InvoiceOcrException"><c>READER_MISSING</c>: the library or a language is not installed.</exception>
    public static TesseractReader Open(string languages = "eng")
    {
        ArgumentException.ThrowIfNullOrEmpty(languages);
        try
        {
            // Pages are read side by side already: more threads inside one only wait for each other.
            _ = TesseractNative.SetEnvironmentVariable("OMP_THREAD_LIMIT", "1", 1);
            _ = TesseractNative.Version();
        }
        catch (Exception exception) when (exception is DllNotFoundException or EntryPointNotFoundException)
        {
            throw new InvoiceOcrException("READER_MISSING", "libtesseract.so.5 is not installed: apt-get install libtesseract5 tesseract-ocr-eng", exception);
        }

        return new TesseractReader(languages, new TesseractEngine(languages));
    }

    /// <inheritdoc/>
    public IReadOnlyList<TextLine> Read(PageImage image, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(image);
        cancellationToken.ThrowIfCancellationRequested();
        var symbols = With(engine => engine.ReadPage(image.Pixels, image.Dpi, OneBlock));
        var lines = new List<TextLine>();
        for (var start = 0; start < symbols.Count;)
        {
            var end = start + 1;
            while (end < symbols.Count && !symbols[end].StartsLine)
            {
                end++;
            }

            lines.Add(ToLine([.. symbols.Skip(start).Take(end - start)]));
            start = end;
        }

        return lines;
    }

    /// <summary>Reads one line that is cut out upright.</summary>
    internal TextLine? ReadLine(Mat line)
    {
        using var framed = new Mat();
        Cv2.CopyMakeBorder(line, framed, MarginPx, MarginPx, MarginPx, MarginPx, BorderTypes.Constant, Scalar.White);
        var symbols = With(engine => engine.ReadLine(framed));
        return symbols.Count == 0 ? null : ToLine(symbols);
    }

    public void Dispose()
    {
        while (_idle.TryTake(out var engine))
        {
            engine.Dispose();
        }
    }

    private T With<T>(Func<TesseractEngine, T> read)
    {
        if (!_idle.TryTake(out var engine))
        {
            engine = new TesseractEngine(_languages);
        }

        try
        {
            return read(engine);
        }
        finally
        {
            _idle.Add(engine);
        }
    }

    private static TextLine ToLine(IReadOnlyList<ReadSymbol> symbols)
    {
        var text = new StringBuilder();
        var readings = new List<CharacterReading>();
        var words = new List<Word>();
        for (var start = 0; start < symbols.Count;)
        {
            var end = start + 1;
            while (end < symbols.Count && !symbols[end].StartsWord)
            {
                end++;
            }

            if (text.Length > 0)
            {
                text.Append(' ');
                readings.Add(new CharacterReading(1, []));
            }

            var offset = text.Length;
            for (var index = start; index < end; index++)
            {
                text.Append(symbols[index].Text);
                readings.AddRange(Enumerable.Repeat(new CharacterReading(symbols[index].Probability, []), symbols[index].Text.Length));
            }

            var own = symbols.Skip(start).Take(end - start).ToList();
            words.Add(new Word(
                text.ToString(offset, text.Length - offset), own.Select(symbol => symbol.Box).Aggregate((a, b) => a.Union(b)), offset,
                own.Average(symbol => symbol.Probability)));
            start = end;
        }

        var box = words.Select(word => word.Box).Aggregate((a, b) => a.Union(b));
        return new TextLine
        {
            Text = text.ToString(),
            Polygon = box.ToPolygon(),
            Box = box,
            Words = words,
            Characters = readings,
            Confidence = symbols.Average(symbol => symbol.Probability),
            Reader = ReaderName,
        };
    }
}
