using TaskServices.Cli.Terminal;

namespace TaskServices.Cli.Tests;

public sealed class CellTextTests
{
    [Fact]
    public void Format_TerminalEscapes_NeverReachTheTerminal()
    {
        var text = CellText.Format("\u001b[31mred\u0007\u200e\r\nnext");

        Assert.Equal("\uFFFD[31mred\uFFFD\uFFFD  next", text);
    }

    [Fact]
    public void Format_LongText_IsCutBetweenCharacters()
    {
        var text = CellText.Format(string.Concat(Enumerable.Repeat("😀", 10)), maxLength: 4);

        Assert.Equal("😀…", text);
    }

    [Fact]
    public void Format_Kinds_AreInvariant()
    {
        Assert.Equal("∅", CellText.Format(null));
        Assert.Equal("1.5", CellText.Format(1.5));
        Assert.Equal("12.50", CellText.Format(12.50m));
        Assert.Equal("-7", CellText.Format(-7L));
        Assert.Equal("<3 bytes>", CellText.Format(new byte[] { 1, 2, 3 }));
        Assert.Equal("2026-02-28 13:45:00", CellText.Format(new DateTime(2026, 2, 28, 13, 45, 0)));
    }
}
