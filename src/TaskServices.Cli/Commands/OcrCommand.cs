using System.CommandLine;
using TaskServices.Cli.Terminal;
using TaskServices.InvoiceOcr.Documents;
using TaskServices.InvoiceOcr.Imaging;
using TaskServices.InvoiceOcr.Reading;

namespace TaskServices.Cli.Commands;

/// <summary><c>ocr</c>: the words of a document with their boxes, and a picture to look at.</summary>
internal static class OcrCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "A JPEG, PNG, TIFF or PDF file." };
        var overlay = new Option<string?>("--overlay")
        {
            Description = "Draws lines and words over the page; page 2 goes to NAME.2.png and so on.",
            HelpName = "NAME.png",
        };
        var reader = new ReaderOptions();
        var command = new Command("ocr", "Reads the words of a document, with boxes in pixels of the upright page.") { file, overlay };
        reader.AddTo(command);
        command.SetAction((parsed, cancellationToken) => RunAsync(
            parsed.GetRequiredValue(file), parsed.GetValue(overlay), reader.Open(parsed), parsed.GetValue(GlobalOptions.Format), cancellationToken));
        ExampleHelpAction.SetExamples(
            command,
            "taskservices ocr receipt.jpg",
            "taskservices ocr invoice.pdf --format json",
            "taskservices ocr scan.tiff --overlay scan.png");
        return command;
    }

    private static async Task<int> RunAsync(string path, string? overlay, IPageReader reader, OutputFormat format, CancellationToken cancellationToken)
    {
        using (reader)
        {
            var bytes = await DocumentFile.ReadAsync(path, cancellationToken);
            var name = Path.GetFileName(path);
            await ProgressDisplay.RunAsync(name, async report =>
            {
                return await new DocumentReader(reader).ReadAsync(bytes, path, result =>
                {
                    report(result.Page.Number / (double)result.PageCount);
                    Write(result.Page, format);
                    if (overlay is not null)
                    {
                        PageOverlay.Save(result.Page, result.Image, PageFile(overlay, result.Page.Number));
                    }
                }, cancellationToken);
            });
        }

        return ExitCode.Done;
    }

    private static string PageFile(string path, int number) => number == 1 ? path : Path.ChangeExtension(path, $"{number}{Path.GetExtension(path)}");

    private static void Write(Page page, OutputFormat format)
    {
        if (format is not OutputFormat.Json)
        {
            Console.Out.WriteLine(page.Text);
            return;
        }

        JsonLines.Write(new
        {
            Page = page.Number,
            page.WidthPx,
            page.HeightPx,
            page.RotationDegrees,
            page.Dpi,
            Lines = page.Lines.Select(line => new
            {
                line.Text,
                line.Reader,
                Confidence = Math.Round(line.Confidence, 4),
                Polygon = line.Polygon.Select(point => Rounded(point.X, point.Y)),
                Words = line.Words.Select(word => new
                {
                    word.Text,
                    Box = Rounded(word.Box.Left, word.Box.Top, word.Box.Right, word.Box.Bottom),
                    Confidence = Math.Round(word.Confidence, 4),
                }),
                Doubts = line.Characters.Select((reading, offset) => (reading, offset)).Where(pair => pair.reading.Alternatives.Count > 0).Select(pair => new
                {
                    pair.offset,
                    Probability = Math.Round(pair.reading.Probability, 4),
                    Alternatives = pair.reading.Alternatives.Select(other => new { other.Text, Probability = Math.Round(other.Probability, 4) }),
                }),
            }),
        });
    }

    private static double[] Rounded(params float[] values) => [.. values.Select(value => Math.Round(value, 1))];
}
