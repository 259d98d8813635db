using Microsoft.ML.OnnxRuntime;
using TaskServices.InvoiceOcr.Imaging;

namespace TaskServices.InvoiceOcr.Reading.PpOcr;

/// <summary>
/// PP-OCRv6 on ONNX Runtime: finds text lines, cuts them out and reads them (models/ppocrv6-small/SOURCE.md has the pipeline).
/// Thread-safe: both sessions are shared by all pages.
/// </summary>
public sealed class PpOcrReader : IPageReader
{
    /// <summary>The name that this reader's lines carry.</summary>
    public const string ReaderName = "ppocr";

    private const string DetectionFile = "PP-OCRv6_det_small.onnx";

    private const string RecognitionFile = "PP-OCRv6_rec_small.onnx";

    private readonly InferenceSession _detection;

    private readonly InferenceSession _recognition;

    private readonly TextDetector _detector;

    private readonly TextRecognizer _recognizer;

    private readonly PpOcrOptions _options;

    private PpOcrReader(InferenceSession detection, InferenceSession recognition, CharacterSet characters, PpOcrOptions options)
    {
        (_detection, _recognition, _options) = (detection, recognition, options);
        _detector = new TextDetector(detection);
        _recognizer = new TextRecognizer(recognition, characters, options.BatchSize);
    }

    /// <inheritdoc/>
    public string Name => ReaderName;

    /// <summary>Loads both networks; takes about half a second.</summary>
    /// <param name="modelDirectory">Folder with the networks, for example <c>models/ppocrv6-small</c>.</param>
    /// <exception cref="InvoiceOcrException"><c>READER_MODEL_MISSING</c>, <c>READER_MODEL_INVALID</c>.</exception>
    public static PpOcrReader Open(string modelDirectory, PpOcrOptions? options = null)
    {
        options ??= new();
        var detection = OpenSession(Path.Combine(modelDirectory, DetectionFile), options);
        try
        {
            var path = Path.Combine(modelDirectory, RecognitionFile);
            var recognition = OpenSession(path, options);
            try
            {
                return new PpOcrReader(detection, recognition, CharacterSet.FromModel(recognition, path), options);
            }
            catch
            {
                recognition.Dispose();
                throw;
            }
        }
        catch
        {
            detection.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<TextLine> Read(PageImage image, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(image);
        cancellationToken.ThrowIfCancellationRequested();
        var lines = new List<LineImage>();
        try
        {
            foreach (var region in _detector.Find(image.Pixels))
            {
                lines.Add(LineImage.Cut(image.Pixels, region));
            }

            var answers = _recognizer.Read(lines, cancellationToken);
            return
            [
                .. answers.Zip(lines)
                    .Where(pair => pair.First.Line.Score >= _options.MinimumLineScore)
                    .Select(pair => LineAssembly.ToTextLine(pair.Second, pair.First.Line, pair.First.PxPerStep, ReaderName))
                    .OfType<TextLine>(),
            ];
        }
        finally
        {
            lines.ForEach(line => line.Dispose());
        }
    }

    public void Dispose()
    {
        _detection.Dispose();
        _recognition.Dispose();
    }

    private static InferenceSession OpenSession(string path, PpOcrOptions options)
    {
        if (!File.Exists(path))
        {
            throw new InvoiceOcrException("READER_MODEL_MISSING", $"{path}: no such file. Restore the folder from the repository, or read with --reader tesseract.");
        }

        // Every page has its own sizes: patterns of memory never repeat and would only pile up.
        using var settings = new SessionOptions
        {
            IntraOpNumThreads = options.ThreadCount,
            InterOpNumThreads = 1,
            EnableMemoryPattern = false,
            EnableCpuMemArena = false,
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };
        // Other work shares the cores: idle threads sleep.
        settings.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        try
        {
            return new InferenceSession(path, settings);
        }
        catch (OnnxRuntimeException exception)
        {
            throw new InvoiceOcrException("READER_MODEL_INVALID", $"{path}: not a network that ONNX Runtime can load: restore it from the repository.", exception);
        }
    }
}
