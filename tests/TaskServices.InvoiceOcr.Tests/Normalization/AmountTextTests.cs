using System.Globalization;
using CsCheck;
using TaskServices.InvoiceOcr.Normalization.Amounts;

namespace TaskServices.InvoiceOcr.Tests.Normalization;

public sealed class AmountTextTests
{
    [Theory]
    [InlineData("1.234,56", "1234.56", DecimalMark.Comma)]
    [InlineData("1,234.56", "1234.56", DecimalMark.Dot)]
    [InlineData("1 234,56", "1234.56", DecimalMark.Comma)]
    [InlineData("1\u00A0234,56", "1234.56", DecimalMark.Comma)]
    [InlineData("1\u202F234,56", "1234.56", DecimalMark.Comma)]
    [InlineData("1'234.56", "1234.56", DecimalMark.Dot)]
    [InlineData("1’234’567.05", "1234567.05", DecimalMark.Dot)]
    [InlineData("1.234,-", "1234", DecimalMark.Comma)]
    [InlineData("5.--", "5", DecimalMark.Dot)]
    [InlineData("27,80", "27.80", DecimalMark.Comma)]
    [InlineData("$6000.00", "6000.00", DecimalMark.Dot)]
    [InlineData("0,586", "0.586", DecimalMark.Comma)]
    [InlineData("40. 00", "40.00", DecimalMark.Dot)]
    [InlineData("1. 234,56", "1234.56", DecimalMark.Comma)]
    [InlineData("12,50-", "-12.50", DecimalMark.Comma)]
    [InlineData("- 12.50", "-12.50", DecimalMark.Dot)]
    [InlineData("−12,50 €", "-12.50", DecimalMark.Comma)]
    [InlineData("(1,234.50)", "-1234.50", DecimalMark.Dot)]
    [InlineData("12.50 CR", "-12.50", DecimalMark.Dot)]
    [InlineData("12.50DR", "12.50", DecimalMark.Dot)]
    [InlineData("EUR 1.234.567,00", "1234567.00", DecimalMark.Comma)]
    [InlineData("1.234.567", "1234567", DecimalMark.Comma)]
    [InlineData("1,234,567", "1234567", DecimalMark.Dot)]
    [InlineData("1234", "1234", DecimalMark.Unknown)]
    [InlineData("1 234", "1234", DecimalMark.Unknown)]
    [InlineData("RM9.00", "9.00", DecimalMark.Dot)]
    [InlineData("118,76EUR", "118.76", DecimalMark.Comma)]
    [InlineData("kr 1 250,00", "1250.00", DecimalMark.Comma)]
    [InlineData("Fr. 99.95", "99.95", DecimalMark.Dot)]
    [InlineData("-€5.00", "-5.00", DecimalMark.Dot)]
    [InlineData(".50", "0.50", DecimalMark.Dot)]
    [InlineData("0.00", "0.00", DecimalMark.Dot)]
    public void TryParse_Notation_HasValueAndMark(string text, string expected, DecimalMark mark)
    {
        Assert.True(AmountText.TryParse(text, out var reading));
        Assert.Equal(expected, reading.Value.ToString(CultureInfo.InvariantCulture));
        Assert.Equal(mark, reading.Mark);
        Assert.False(reading.IsAmbiguous);
    }

    [Theory]
    [InlineData("1.234", DecimalMark.Dot, "1.234")]
    [InlineData("1,234", DecimalMark.Comma, "1.234")]
    [InlineData("12,345 €", DecimalMark.Comma, "12.345")]
    public void TryParse_OneSeparatorAndThreeDigits_KeepsBothReadings(string text, DecimalMark mark, string asDecimals)
    {
        Assert.True(AmountText.TryParse(text, out var reading));
        Assert.True(reading.IsAmbiguous);
        Assert.Equal(decimal.Parse(asDecimals, CultureInfo.InvariantCulture), reading.ValueWith(mark));
        Assert.Equal(decimal.Parse(asDecimals, CultureInfo.InvariantCulture) * 1000, reading.ValueWith(mark == DecimalMark.Dot ? DecimalMark.Comma : DecimalMark.Dot));
    }

    [Theory]
    [InlineData("")]
    [InlineData("EUR")]
    [InlineData("31.01.2024")]
    [InlineData("12 34,00")]
    [InlineData("07-3523888")]
    [InlineData("1.23,45")]
    [InlineData("1,234.567,89")]
    [InlineData("A12")]
    [InlineData("12x4")]
    [InlineData("1234567890123456789")]
    [InlineData("1.234,567.8")]
    [InlineData("8:13")]
    [InlineData("5,")]
    public void TryParse_NoAmount_IsRefused(string text) => Assert.False(AmountText.TryParse(text, out _));

    [Fact]
    public void TryParse_SeparatorsOutOfPlace_IsReadAndMarked()
    {
        Assert.True(AmountText.TryParse("1.234.56", out var reading));
        Assert.Equal(1234.56m, reading.Value);
        Assert.True(reading.IsIrregular);
    }

    [Fact]
    public void TryParse_AnyAmountInAnyNotation_ReadsBack()
    {
        string[] groups = [".", ",", " ", "'", "\u00A0", ""];
        Gen.Select(Gen.Long[-99_999_999_999, 99_999_999_999], Gen.Int[0, 5], Gen.Bool, Gen.Int[0, 3], Gen.Int[0, 4].Select(index => new[] { "", "€", "EUR ", "CHF ", "$" }[index]))
            .Where((_, group, comma, _, _) => groups[group] != (comma ? "," : "."))
            .Sample((cents, group, comma, style, currency) =>
            {
                var value = cents / 100m;
                var digits = Math.Abs(value).ToString("#,##0.00", CultureInfo.InvariantCulture)
                    .Replace(",", "g", StringComparison.Ordinal).Replace(".", comma ? "," : ".", StringComparison.Ordinal).Replace("g", groups[group], StringComparison.Ordinal);
                var text = value >= 0 ? currency + digits : style switch
                {
                    0 => $"-{currency}{digits}",
                    1 => $"{currency}{digits}-",
                    2 => $"({currency}{digits})",
                    _ => $"{currency}-{digits}",
                };
                Assert.True(AmountText.TryParse(text, out var reading), text);
                Assert.Equal(value, reading.Value);
                Assert.Equal(2, reading.DecimalCount);
            });
    }

    [Fact]
    public void TryParse_AnyText_NeverThrows() => Gen.String[Gen.Char["0123456789.,'’ -()€$CRkr\u00A0"], 0, 30].Sample(text =>
    {
        _ = AmountText.TryParse(text, out _);
    });

    [Fact]
    public void Decide_AmbiguousAmongCommas_CommaIsTheMark()
    {
        var vote = NotationVote.Decide(Read("1.234", "99,80", "18,96"));

        Assert.Equal(DecimalMark.Comma, vote.Mark);
        Assert.Equal(1234m, Read("1.234").Single().ValueWith(vote.Mark));
    }

    [Fact]
    public void Decide_NoProof_ArithmeticThenLocale()
    {
        Assert.Equal(DecimalMark.Dot, NotationVote.Decide(Read("1.234"), mark => mark == DecimalMark.Dot, DecimalMark.Comma).Mark);
        Assert.Equal("locale", NotationVote.Decide(Read("1.234"), _ => true, DecimalMark.Comma).Evidence);
        Assert.Equal(DecimalMark.Unknown, NotationVote.Decide(Read("1.234")).Mark);
    }

    [Theory]
    [InlineData("DE", null, DecimalMark.Comma)]
    [InlineData("CH", "de", DecimalMark.Dot)]
    [InlineData(null, "en", DecimalMark.Dot)]
    [InlineData("CA", "fr", DecimalMark.Comma)]
    [InlineData(null, null, DecimalMark.Unknown)]
    public void Usual_CountryBeforeLanguage(string? country, string? language, DecimalMark expected) => Assert.Equal(expected, NotationVote.Usual(country, language));

    private static IEnumerable<AmountReading> Read(params string[] texts) => texts.Select(text =>
    {
        Assert.True(AmountText.TryParse(text, out var reading));
        return reading;
    });
}
