using System.Globalization;
using CsCheck;
using TaskServices.InvoiceOcr.Normalization.Dates;

namespace TaskServices.InvoiceOcr.Tests.Normalization;

public sealed class DateTextTests
{
    [Theory]
    [InlineData("31.01.2024", "2024-01-31")]
    [InlineData("31/01/24", "2024-01-31")]
    [InlineData("31-1-2024", "2024-01-31")]
    [InlineData("31. 01. 2024", "2024-01-31")]
    [InlineData("01/31/2024", "2024-01-31")]
    [InlineData("2024-01-31", "2024-01-31")]
    [InlineData("2024/1/31", "2024-01-31")]
    [InlineData("05/05/2018", "2018-05-05")]
    [InlineData("31 January 2024", "2024-01-31")]
    [InlineData("31st of January 2024", "2024-01-31")]
    [InlineData("January 31, 2024", "2024-01-31")]
    [InlineData("Jan 31 2024", "2024-01-31")]
    [InlineData("31-JAN-24", "2024-01-31")]
    [InlineData("31JAN2024", "2024-01-31")]
    [InlineData("31. Januar 2024", "2024-01-31")]
    [InlineData("3. März 2024", "2024-03-03")]
    [InlineData("1er février 2024", "2024-02-01")]
    [InlineData("15 août 2023", "2023-08-15")]
    [InlineData("31 de enero de 2024", "2024-01-31")]
    [InlineData("31 gennaio 2024", "2024-01-31")]
    [InlineData("5 mei 2024", "2024-05-05")]
    [InlineData("31 mrt. 2024", "2024-03-31")]
    [InlineData("12 déc. 2023", "2023-12-12")]
    [InlineData("29.02.2024", "2024-02-29")]
    [InlineData("31.12.1999", "1999-12-31")]
    public void TryParse_OneReading_IsFound(string text, string expected)
    {
        Assert.True(DateText.TryParse(text, out var reading));
        Assert.Equal(expected, Iso(reading.Value));
        Assert.False(reading.IsAmbiguous);
    }

    [Theory]
    [InlineData("03.02.2024", "2024-02-03", "2024-03-02")]
    [InlineData("3/2/24", "2024-02-03", "2024-03-02")]
    public void TryParse_DayAndMonthBelowThirteen_KeepsBoth(string text, string dayFirst, string monthFirst)
    {
        Assert.True(DateText.TryParse(text, out var reading));
        Assert.Equal(dayFirst, Iso(reading.ValueIn(DateOrder.Unknown)));
        Assert.Equal(monthFirst, Iso(reading.ValueIn(DateOrder.MonthFirst)));
    }

    [Theory]
    [InlineData("30.02.2024")]
    [InlineData("29.02.2023")]
    [InlineData("13/13/2024")]
    [InlineData("1.234,56")]
    [InlineData("192.168.10.20")]
    [InlineData("12 Foo 2024")]
    [InlineData("2024")]
    public void Find_NoDateOfTheCalendar_FindsNothing(string text) => Assert.Empty(DateText.Find(text));

    [Theory]
    [InlineData("DATE: 25/12/2018 8:13:39 PM", "25/12/2018")]
    [InlineData("12/01/2018 18:44", "12/01/2018")]
    [InlineData("Rechnung vom 31.01.2024, fällig", "31.01.2024")]
    public void Find_InALine_GivesItsPlace(string text, string place)
    {
        var reading = Assert.Single(DateText.Find(text));
        Assert.Equal(place, text.Substring(reading.Offset, reading.Length));
    }

    [Fact]
    public void Find_AnyDateInAnyForm_ReadsBack()
    {
        string[] forms = ["dd.MM.yyyy", "d/M/yyyy", "dd-MM-yy", "yyyy-MM-dd", "d MMMM yyyy", "MMMM d, yyyy", "dd-MMM-yyyy", "dd MM yyyy"];
        Gen.Select(Gen.Int[0, 20_000], Gen.Int[0, forms.Length - 1]).Sample((days, form) =>
        {
            var date = new DateOnly(1990, 1, 1).AddDays(days);
            Assert.True(DateText.TryParse(date.ToString(forms[form], CultureInfo.InvariantCulture), out var reading));
            Assert.Equal(date, reading.Value);
            Assert.Equal(date.Day <= 12 && date.Day != date.Month && forms[form] is not ("yyyy-MM-dd") && !forms[form].Contains("MMM", StringComparison.Ordinal), reading.IsAmbiguous);
        });
    }

    [Fact]
    public void Find_AnyText_NeverThrows() => Gen.String[Gen.Char["0123456789./- JanMarzdeof,°"], 0, 40].Sample(text =>
    {
        _ = DateText.Find(text);
    });

    [Fact]
    public void Decide_EvidenceInOrder()
    {
        var open = DateText.Find("03/02/2024");

        Assert.Equal(DateOrder.MonthFirst, DateOrderDecision.Decide([.. open, .. DateText.Find("01/31/2024")], "DE", "de").Order);
        Assert.Equal(DateOrder.MonthFirst, DateOrderDecision.Decide(open, "US", "de").Order);
        Assert.Equal("language de", DateOrderDecision.Decide(open, null, "de").Evidence);
        Assert.False(DateOrderDecision.Decide(open, null, "en").IsSettled);
        Assert.False(DateOrderDecision.Decide(open, "CA", "en").IsSettled);
    }

    [Fact]
    public void Decide_DueWouldPrecedeIssue_OtherOrder()
    {
        var issue = DateText.Find("04/03/2024")[0];
        var due = DateText.Find("03/04/2024")[0];

        Assert.Equal(DateOrder.DayFirst, DateOrderDecision.Decide([issue, due], null, "en", issue, due).Order);
        Assert.Equal(DateOrder.MonthFirst, DateOrderDecision.Decide([issue, due], null, "en", due, issue).Order);
    }

    private static string Iso(DateOnly date) => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
