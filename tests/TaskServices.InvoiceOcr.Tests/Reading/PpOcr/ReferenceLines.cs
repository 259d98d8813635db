using System.Text.Json;
using TaskServices.InvoiceOcr.Reading;

namespace TaskServices.InvoiceOcr.Tests.Reading.PpOcr;

/// <summary>Lines that the reference pipeline read on a page.</summary>
internal sealed record ReferencePage(string Image, IReadOnlyList<ReferenceLine> Lines)
{
    public static IReadOnlyList<ReferencePage> Load(string path)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(path));
        return
        [
            .. json.RootElement.GetProperty("pages").EnumerateArray().Select(page => new ReferencePage(
                page.GetProperty("image").GetString()!,
                [.. page.GetProperty("lines").EnumerateArray().Select(line => new ReferenceLine(
                    line.GetProperty("text").GetString()!,
                    PixelBox.Around([.. line.GetProperty("polygon").EnumerateArray().Select(point => new PixelPoint(point[0].GetSingle(), point[1].GetSingle()))])))])),
        ];
    }
}

internal sealed record ReferenceLine(string Text, PixelBox Box)
{
    public double OverlapWith(PixelBox other)
    {
        var common = Math.Max(0, Box.OverlapX(other)) * Math.Max(0, Box.OverlapY(other));
        return common / ((Box.Width * Box.Height) + (other.Width * other.Height) - common);
    }
}
