using Microsoft.ML.OnnxRuntime;
using OpenCvSharp;

namespace TaskServices.InvoiceOcr.Reading.PpOcr;

/// <summary>Finds where text stands: a map of text probabilities (differentiable binarization, Liao et al. 2020), then rectangles around its blobs.</summary>
internal sealed class TextDetector(InferenceSession session)
{
    private const int ShorterSidePx = 736;

    private const int LongerSidePx = 2000;

    private const int SideMultiple = 32;

    /// <summary>Returns the outlines of text lines in pixels of the page.</summary>
    public List<Point2f[]> Find(Mat page)
    {
        var size = InputSize(page.Width, page.Height);
        using var resized = new Mat();
        Cv2.Resize(page, resized, size);
        var input = new float[3 * size.Width * size.Height];
        PixelTensor.Write(resized, input, size.Width);
        using var value = OrtValue.CreateTensorValueFromMemory(input, [1, 3, size.Height, size.Width]);
        using var options = new RunOptions();
        using var results = session.Run(options, [session.InputNames[0]], [value], [session.OutputNames[0]]);
        using var map = new Mat(size.Height, size.Width, MatType.CV_32FC1);
        CopyTo(map, results[0].GetTensorDataAsSpan<float>());
        return TextRegions.Find(map, page.Width, page.Height);
    }

    /// <summary>The shorter side is enlarged to 736 but never reduced, the longer one is at most 2,000; both are multiples of 32, as the network halves five times.</summary>
    internal static Size InputSize(int width, int height)
    {
        var ratio = Math.Min(1.0, LongerSidePx / (double)Math.Max(width, height));
        ratio *= Math.Max(1.0, ShorterSidePx / (Math.Min(width, height) * ratio));
        // A strip: enlarging its shorter side must not make the longer one boundless.
        ratio = Math.Min(ratio, 2.0 * LongerSidePx / Math.Max(width, height));
        return new Size(ToMultiple(width * ratio), ToMultiple(height * ratio));
    }

    private static int ToMultiple(double side) => Math.Max(SideMultiple, (int)Math.Round((int)side / (double)SideMultiple) * SideMultiple);

    private static unsafe void CopyTo(Mat map, ReadOnlySpan<float> values) => values.CopyTo(new Span<float>((void*)map.Data, values.Length));
}
