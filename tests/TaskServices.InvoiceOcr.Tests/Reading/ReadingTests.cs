using System.Numerics;
using TaskServices.InvoiceOcr.Reading;

namespace TaskServices.InvoiceOcr.Tests.Reading;

public sealed class ReadingTests
{
    [Fact]
    public void Split_TwoWords_BoxesFollowTheirCharacters()
    {
        var words = Word.Split("ab  cdef", new PixelBox(100, 0, 180, 10));

        Assert.Equal(["ab", "cdef"], words.Select(word => word.Text));
        Assert.Equal([0, 4], words.Select(word => word.Offset));
        Assert.Equal(new PixelBox(140, 0, 180, 10), words[1].Box);
    }

    [Fact]
    public void OffsetOf_SecondLine_PointsIntoThePagesText()
    {
        var page = PageOf("first", "second");

        Assert.Equal("second", page.Text[page.OffsetOf(1)..]);
        Assert.Throws<ArgumentOutOfRangeException>(() => page.OffsetOf(2));
    }

    [Fact]
    public void ToScan_PageTurnedUpsideDown_MapsBackToTheScan()
    {
        var page = PageOf("x");
        var turned = new Page
        {
            Number = 1,
            WidthPx = 100,
            HeightPx = 200,
            RotationDegrees = 180,
            Lines = page.Lines,
            UprightToScan = Matrix3x2.CreateScale(-1) * Matrix3x2.CreateTranslation(100, 200),
        };

        Assert.Equal(new PixelPoint(90, 180), turned.ToScan(new PixelPoint(10, 20)));
    }

    [Fact]
    public void Around_SkewedOutline_IsTheSmallestBox() => Assert.Equal(
        new PixelBox(0, 1, 11, 7), PixelBox.Around([new(0, 3), new(10, 1), new(11, 5), new(1, 7)]));

    private static Page PageOf(params string[] lines) => new()
    {
        Number = 1,
        WidthPx = 100,
        HeightPx = 200,
        Lines = [.. lines.Select((text, row) => TextLine.FromText(text, new PixelBox(0, row * 20, 100, (row * 20) + 10), "test"))],
    };
}
