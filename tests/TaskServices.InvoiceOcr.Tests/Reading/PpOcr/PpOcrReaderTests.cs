using TaskServices.InvoiceOcr.Imaging;
using TaskServices.InvoiceOcr.Reading.PpOcr;
using TaskServices.Testing;

namespace TaskServices.InvoiceOcr.Tests.Reading.PpOcr;

public sealed class PpOcrReaderTests
{
    [Fact]
    public void Read_TenReceipts_AgreesWithTheReferencePipeline()
    {
        var reference = TestFiles.TryShared("fixtures", "ocr", "ppocrv6.json");
        var images = TestFiles.TryShared("data", "ocr", "sroie", "img");
        Assert.SkipWhen(reference is null || images is null, "fixtures/ocr or data/ocr/sroie is not beside the repository");
        using var reader = PpOcrReader.Open(TestFiles.InRepository("models", "ppocrv6-small"));
        var (expectedCount, count, placed, same, wordsInPlace) = (0, 0, 0, 0, true);
        var differences = new List<string>();

        foreach (var page in ReferencePage.Load(reference!))
        {
            using var image = PageImage.FromTrustedFile(Path.Combine(images!, page.Image));
            var lines = reader.Read(image, TestContext.Current.CancellationToken);
            expectedCount += page.Lines.Count;
            count += lines.Count;
            foreach (var expected in page.Lines)
            {
                var best = lines.MaxBy(line => expected.OverlapWith(line.Box));
                placed += best is not null && expected.OverlapWith(best.Box) >= 0.8 ? 1 : 0;
                same += best?.Text == expected.Text ? 1 : 0;
                if (best?.Text != expected.Text)
                {
                    differences.Add($"{page.Image}: '{expected.Text}' is '{best?.Text}' {expected.Box} {best?.Box}");
                }
            }

            foreach (var line in lines)
            {
                wordsInPlace &= line.Characters.Count == line.Text.Length
                    && line.Words.All(word => line.Text.AsSpan(word.Offset).StartsWith(word.Text) && word.Box.OverlapX(line.Box) >= word.Box.Width - 1);
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{expectedCount} lines, {count} found, {placed} in place, {same} same text");
        differences.ForEach(line => TestContext.Current.TestOutputHelper?.WriteLine(line));
        Assert.InRange(count, expectedCount * 0.98, expectedCount * 1.02);
        Assert.InRange(placed, expectedCount * 0.98, expectedCount);
        Assert.InRange(same, expectedCount * 0.97, expectedCount);
        Assert.True(wordsInPlace);
    }

    [Fact]
    public void Read_BlankPage_FindsNothing()
    {
        using var reader = PpOcrReader.Open(TestFiles.InRepository("models", "ppocrv6-small"));
        using var image = PageImage.FromBgr(Enumerable.Repeat((byte)255, 3 * 200 * 100).ToArray(), 200, 100);

        Assert.Empty(reader.Read(image, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Open_FolderWithoutModel_NamesTheFile()
    {
        var error = Assert.Throws<InvoiceOcrException>(() => PpOcrReader.Open(Path.GetTempPath()));

        Assert.Equal("READER_MODEL_MISSING", error.Reason);
    }
}
