using OpenCvSharp;

namespace TaskServices.InvoiceOcr.Reading.PpOcr;

/// <summary>Lays pixels out as the networks take them: a plane each for blue, green and red, from -1 to 1.</summary>
internal static class PixelTensor
{
    private static readonly float[] Scaled = [.. Enumerable.Range(0, 256).Select(value => ((value / 255f) - 0.5f) / 0.5f)];

    /// <summary>Writes an image at the left of planes of the given width; what is right of it keeps its value.</summary>
    public static unsafe void Write(Mat image, Span<float> planes, int planeWidth)
    {
        var (rows, columns) = (image.Rows, image.Cols);
        var planeSize = rows * planeWidth;
        for (var row = 0; row < rows; row++)
        {
            var pixels = new ReadOnlySpan<byte>((void*)image.Ptr(row), 3 * columns);
            var blue = planes.Slice(row * planeWidth, columns);
            var green = planes.Slice(planeSize + (row * planeWidth), columns);
            var red = planes.Slice((2 * planeSize) + (row * planeWidth), columns);
            for (int column = 0, at = 0; column < columns; column++, at += 3)
            {
                blue[column] = Scaled[pixels[at]];
                green[column] = Scaled[pixels[at + 1]];
                red[column] = Scaled[pixels[at + 2]];
            }
        }
    }
}
