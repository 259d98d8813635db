using TaskServices.InvoiceOcr.Reading;

namespace TaskServices.InvoiceOcr.Tests.Reading;

public sealed class AgreementTests
{
    [Fact]
    public void Note_OtherBlanksOnly_AgreesEverywhere() => Assert.All(
        Note("TAN WOON", "TANWOON").Characters.Where((_, place) => place != 3), reading => Assert.Equal(ReaderAgreement.Agrees, reading.Agreement));

    [Fact]
    public void Note_OtherDigit_IsAnAlternative()
    {
        var line = Note("Total 9.00", "Total 0.00");

        Assert.Equal(ReaderAgreement.Differs, line.Characters[6].Agreement);
        Assert.Equal("0", line.Characters[6].Alternatives.Single().Text);
        Assert.Equal("Total 9.00", line.Text);
        Assert.Equal("Total 0.00", line.Second!.Text);
        Assert.Equal(1, line.Characters.Count(reading => reading.Agreement == ReaderAgreement.Differs));
    }

    [Fact]
    public void Note_PointThatOnlyTheSecondSees_IsAnAlternativeOfTheCharacterBefore()
    {
        var line = Note("100", "1.00");

        Assert.Equal([ReaderAgreement.Differs, ReaderAgreement.Agrees, ReaderAgreement.Agrees], line.Characters.Select(reading => reading.Agreement));
        Assert.Equal("1.", line.Characters[0].Alternatives.Single().Text);
    }

    [Fact]
    public void Note_PointThatOnlyTheFirstSees_MayBeNothing()
    {
        var line = Note("1.00", "100");

        Assert.Equal("", line.Characters[1].Alternatives.Single().Text);
    }

    [Fact]
    public void Note_NothingSeen_DiffersEverywhere() => Assert.All(
        Note("42", null).Characters, reading => Assert.Equal(ReaderAgreement.Differs, reading.Agreement));

    private static TextLine Note(string first, string? second) => Agreement.Note(
        TextLine.FromText(first, new PixelBox(0, 0, 100, 10), "first"),
        second is null ? null : TextLine.FromText(second, new PixelBox(0, 0, 100, 10), "second"),
        "second");
}
