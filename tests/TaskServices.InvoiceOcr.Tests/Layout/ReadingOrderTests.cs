using TaskServices.InvoiceOcr.Layout;
using TaskServices.InvoiceOcr.Reading;

namespace TaskServices.InvoiceOcr.Tests.Layout;

public sealed class ReadingOrderTests
{
    [Fact]
    public void Sort_LabelsAndValuesAtSlightlyOtherHeights_GoRowByRow()
    {
        var lines = new[] { Line("119.00", 300, 101, 40), Line("Total", 10, 98, 60), Line("19.00", 300, 78, 40), Line("Tax", 10, 80, 30) };

        Assert.Equal(["Tax", "19.00", "Total", "119.00"], ReadingOrder.Sort(lines).Select(line => line.Text));
    }

    [Fact]
    public void Sort_HighHeadingBesideTwoRows_DoesNotDrawThemTogether()
    {
        var lines = new[]
        {
            TextLine.FromText("LOGO", new PixelBox(10, 0, 100, 60), "test"), Line("Street 1", 200, 10, 80), Line("12345 Town", 200, 35, 80),
        };

        Assert.True(ReadingOrder.Sort(lines).Select(line => line.Text).ToList() is var order && order.IndexOf("Street 1") < order.IndexOf("12345 Town"));
    }

    [Fact]
    public void Build_WordsOfTwoColumns_AreTwoLines()
    {
        var lines = WordLines.Build(
            [("Nr.", new PixelBox(300, 50, 320, 60)), ("Rechnung", new PixelBox(10, 50, 60, 60)), ("vom", new PixelBox(65, 50, 80, 60))], "test");

        Assert.Equal(["Rechnung vom", "Nr."], lines.Select(line => line.Text));
        Assert.Equal([0, 9], lines[0].Words.Select(word => word.Offset));
    }

    private static TextLine Line(string text, float left, float top, float width) => TextLine.FromText(text, new PixelBox(left, top, left + width, top + 18), "test");
}
