using OpenCvSharp;
using TaskServices.InvoiceOcr.Imaging;
using TaskServices.InvoiceOcr.Reading.PpOcr;
using TaskServices.InvoiceOcr.Reading.Tesseract;

namespace TaskServices.InvoiceOcr.Reading;

/// <summary>
/// Two readers of different build: the first reads the page, the second reads again each line that has figures or is in doubt. The text stays the
/// first one's; where the second agrees or not is evidence. Thread-safe; owns both.
/// </summary>
public sealed class CheckedReader(IPageReader first, TesseractReader second) : IPageReader
{
    private const float Doubt = 0.9f;

    /// <inheritdoc/>
    public string Name => first.Name;

    /// <inheritdoc/>
    public IReadOnlyList<TextLine> Read(PageImage image, CancellationToken cancellationToken)
    {
        var lines = first.Read(image, cancellationToken).ToArray();
        var settings = new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = Environment.ProcessorCount };
        Parallel.For(0, lines.Length, settings, index =>
        {
            if (IsWorthASecondLook(lines[index]))
            {
                using var cut = LineImage.Cut(image.Pixels, [.. lines[index].Polygon.Select(point => new Point2f(point.X, point.Y))]);
                lines[index] = Agreement.Note(lines[index], second.ReadLine(cut.Pixels), second.Name);
            }
        });
        return lines;
    }

    public void Dispose()
    {
        first.Dispose();
        second.Dispose();
    }

    private static bool IsWorthASecondLook(TextLine line) =>
        line.Text.Any(char.IsDigit) || line.Characters.Any(character => character.Probability < Doubt);
}
