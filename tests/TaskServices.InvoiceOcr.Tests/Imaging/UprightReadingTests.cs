using TaskServices.InvoiceOcr.Imaging;
using TaskServices.InvoiceOcr.Reading;
using TaskServices.InvoiceOcr.Reading.PpOcr;
using TaskServices.Testing;

namespace TaskServices.InvoiceOcr.Tests.Imaging;

public sealed class UprightReadingTests
{
    private static readonly string[] Lines = ["Invoice number 4711", "Date 31.01.2024", "Subtotal of all items 100.00", "Value added tax 19.00", "Total amount due 119.00"];

    [Theory]
    [InlineData(0)]
    [InlineData(90)]
    [InlineData(180)]
    [InlineData(270)]
    public void Read_TurnedPage_StandsUprightAndMapsBackToTheScan(int rotation)
    {
        using var reader = PpOcrReader.Open(TestFiles.InRepository("models", "ppocrv6-small"));
        using var upright = PrintedPage.Create(Lines);
        using var scan = rotation == 0 ? new PageImage(upright.Pixels.Clone()) : UprightReading.Turn(upright, 360 - rotation);

        var page = UprightReading.Read(reader, scan, 1, TestContext.Current.CancellationToken);

        Assert.Equal(rotation, page.RotationDegrees);
        Assert.Equal((upright.WidthPx, upright.HeightPx), (page.WidthPx, page.HeightPx));
        Assert.Equal(Lines.Select(Plain), page.Lines.Select(line => Plain(line.Text)));
        var corner = page.ToScan(new PixelPoint(0, 0));
        Assert.Equal(rotation is 90 or 180 ? scan.HeightPx : 0, corner.Y, 1f);
        Assert.Equal(rotation is 180 or 270 ? scan.WidthPx : 0, corner.X, 1f);
    }

    [Theory]
    [InlineData(-4)]
    [InlineData(3)]
    public void Read_TiltedPage_HasLevelLinesThatMapBackToTheScan(double degrees)
    {
        using var reader = PpOcrReader.Open(TestFiles.InRepository("models", "ppocrv6-small"));
        using var straight = PrintedPage.Create(Lines);
        using var scan = PrintedPage.Tilted(straight, degrees);

        var page = UprightReading.Read(reader, scan, 1, TestContext.Current.CancellationToken);

        Assert.Equal(Lines.Select(Plain), page.Lines.Select(line => Plain(line.Text)));
        var tilt = Math.Atan2(page.ToScan(new(100, 0)).Y - page.ToScan(new(0, 0)).Y, page.ToScan(new(100, 0)).X - page.ToScan(new(0, 0)).X) * 180 / Math.PI;
        Assert.InRange(tilt, degrees - 0.7, degrees + 0.7);
        Assert.All(page.Lines, line => Assert.InRange(line.Polygon[1].Y - line.Polygon[0].Y, -6, 6));
    }

    // The first reader drops blanks now and then; which way is up does not depend on them.
    private static string Plain(string text) => text.Replace(" ", "", StringComparison.Ordinal);
}
