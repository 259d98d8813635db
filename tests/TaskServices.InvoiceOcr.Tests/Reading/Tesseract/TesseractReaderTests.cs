using TaskServices.InvoiceOcr.Reading;
using TaskServices.InvoiceOcr.Reading.PpOcr;
using TaskServices.InvoiceOcr.Reading.Tesseract;
using TaskServices.InvoiceOcr.Tests.Imaging;
using TaskServices.Testing;

namespace TaskServices.InvoiceOcr.Tests.Reading.Tesseract;

public sealed class TesseractReaderTests
{
    [Fact]
    public async Task Read_SeveralPagesAtOnce_EachHasItsOwnEngine()
    {
        using var reader = OpenOrSkip();
        var texts = await Task.WhenAll(Enumerable.Range(0, 4).Select(number => Task.Run(() =>
        {
            using var page = PrintedPage.Create($"Invoice number {4711 + number}");
            return string.Join('\n', reader.Read(page, TestContext.Current.CancellationToken).Select(line => line.Text));
        })));

        Assert.Equal(Enumerable.Range(0, 4).Select(number => $"Invoice number {4711 + number}"), texts);
    }

    [Fact]
    public void Read_Line_HasWordsWhereTheyStand()
    {
        using var reader = OpenOrSkip();
        using var page = PrintedPage.Create("Total 1234.56");

        var line = reader.Read(page, TestContext.Current.CancellationToken).Single();

        Assert.Equal(["Total", "1234.56"], line.Words.Select(word => word.Text));
        Assert.Equal(line.Text.Length, line.Characters.Count);
        Assert.True(line.Words[0].Box.Right < line.Words[1].Box.Left);
    }

    [Fact]
    public void Read_BothReaders_AgreeOnPrintedFigures()
    {
        using var reader = new CheckedReader(PpOcrReader.Open(TestFiles.InRepository("models", "ppocrv6-small")), OpenOrSkip());
        using var page = PrintedPage.Create("Total 1234.56");

        var line = reader.Read(page, TestContext.Current.CancellationToken).Single();

        Assert.Equal("tesseract", line.Second!.Reader);
        Assert.All(line.Text.Zip(line.Characters).Where(pair => char.IsDigit(pair.First)), pair => Assert.Equal(ReaderAgreement.Agrees, pair.Second.Agreement));
    }

    [Fact]
    public void Open_LanguageThatIsNotInstalled_SaysWhatToInstall()
    {
        using var installed = OpenOrSkip();

        var error = Assert.Throws<InvoiceOcrException>(() => TesseractReader.Open("xyz"));

        Assert.Equal("READER_MISSING", error.Reason);
        Assert.Contains("tesseract-ocr-xyz", error.Message, StringComparison.Ordinal);
    }

    private static TesseractReader OpenOrSkip()
    {
        try
        {
            return TesseractReader.Open();
        }
        catch (InvoiceOcrException exception) when (exception.Reason == "READER_MISSING")
        {
            Assert.Skip(exception.Message);
            throw;
        }
    }
}
