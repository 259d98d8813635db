using TaskServices.InvoiceOcr.Normalization;
using TaskServices.InvoiceOcr.Normalization.Identifiers;

namespace TaskServices.InvoiceOcr.Tests.Normalization;

public sealed class IdentifierTests
{
    // Numbers that companies and authorities print themselves, or the examples of the published descriptions.
    [Theory]
    [InlineData("ATU13585627")]
    [InlineData("BE0428759497")]
    [InlineData("BG175074752")]
    [InlineData("CHE107787577IVA")]
    [InlineData("CY10259033P")]
    [InlineData("CZ25123891")]
    [InlineData("DE136695976")]
    [InlineData("DK13585628")]
    [InlineData("EE100931558")]
    [InlineData("EL094259216")]
    [InlineData("ESB58378431")]
    [InlineData("ES54362315K")]
    [InlineData("ESX2482300W")]
    [InlineData("FI20774740")]
    [InlineData("FR40303265045")]
    [InlineData("GB980780684")]
    [InlineData("HR33392005961")]
    [InlineData("HU12892312")]
    [InlineData("IE6433435F")]
    [InlineData("IE6433435OA")]
    [InlineData("IT00743110157")]
    [InlineData("LT119511515")]
    [InlineData("LT100001919017")]
    [InlineData("LU15027442")]
    [InlineData("LV40003521600")]
    [InlineData("MT11679112")]
    [InlineData("NL004495445B01")]
    [InlineData("NO988077917MVA")]
    [InlineData("PL8567346215")]
    [InlineData("PT501964843")]
    [InlineData("RO18547290")]
    [InlineData("SE123456789701")]
    [InlineData("SI50223054")]
    [InlineData("SK2022749619")]
    public void VatIdCheck_RightNumber_HoldsAndAnyChangedDigitDoesNot(string number)
    {
        Assert.Equal(ChecksumStatus.ChecksumOk, VatId.Check(number));
        var prefix = VatId.PrefixOf(number).Length;
        var place = Enumerable.Range(prefix, number.Length - prefix).First(index => char.IsAsciiDigit(number[index]) && index > prefix + 1);
        var changed = string.Concat(number.AsSpan(0, place), number[place] == '9' ? "8" : ((char)(number[place] + 1)).ToString(), number.AsSpan(place + 1));
        Assert.Equal(ChecksumStatus.ChecksumFail, VatId.Check(changed));
    }

    [Theory]
    [InlineData("DE12345678", ChecksumStatus.FormatFail)]
    [InlineData("US123456789", ChecksumStatus.UnknownCountry)]
    [InlineData("FRK7399859412", ChecksumStatus.FormatOk)]
    [InlineData("", ChecksumStatus.UnknownCountry)]
    [InlineData("DE", ChecksumStatus.UnknownCountry)]
    [InlineData("CHE", ChecksumStatus.FormatFail)]
    public void VatIdCheck_OtherForms_SaysWhich(string number, ChecksumStatus expected) => Assert.Equal(expected, VatId.Check(number));

    [Theory]
    [InlineData("DE89370400440532013000", ChecksumStatus.ChecksumOk)]
    [InlineData("GB82WEST12345698765432", ChecksumStatus.ChecksumOk)]
    [InlineData("CH9300762011623852957", ChecksumStatus.ChecksumOk)]
    [InlineData("NO9386011117947", ChecksumStatus.ChecksumOk)]
    [InlineData("FR1420041010050500013M02606", ChecksumStatus.ChecksumOk)]
    [InlineData("DE89370400440532013001", ChecksumStatus.ChecksumFail)]
    [InlineData("DE8937040044053201300", ChecksumStatus.FormatFail)]
    [InlineData("QQ89370400440532013000", ChecksumStatus.UnknownCountry)]
    [InlineData("DEXX370400440532013000", ChecksumStatus.FormatFail)]
    public void IbanCheck_Number_HasStatus(string iban, ChecksumStatus expected) => Assert.Equal(expected, Iban.Check(iban));

    [Theory]
    [InlineData("COBADEFFXXX", ChecksumStatus.FormatOk)]
    [InlineData("COBADEFF", ChecksumStatus.FormatOk)]
    [InlineData("COBADEFFX", ChecksumStatus.FormatFail)]
    [InlineData("COBAQQFF", ChecksumStatus.UnknownCountry)]
    public void CheckBic_Code_HasStatus(string bic, ChecksumStatus expected) => Assert.Equal(expected, Iban.CheckBic(bic));

    [Fact]
    public void NationalChecks_RightAndWrongNumbers_HaveTheirStatus()
    {
        Assert.Equal(ChecksumStatus.ChecksumOk, NationalIds.CheckGln("4333741000005"));
        Assert.Equal(ChecksumStatus.ChecksumFail, NationalIds.CheckGln("4333741000006"));
        Assert.Equal(ChecksumStatus.ChecksumOk, NationalIds.CheckGtin("4006381333931"));
        Assert.Equal(ChecksumStatus.ChecksumOk, NationalIds.CheckGtin("96385074"));
        Assert.Equal(ChecksumStatus.FormatFail, NationalIds.CheckGtin("123456789"));
        Assert.Equal(ChecksumStatus.ChecksumOk, NationalIds.CheckSiren("303265045"));
        Assert.Equal(ChecksumStatus.ChecksumFail, NationalIds.CheckSiren("303265046"));
        Assert.Equal(ChecksumStatus.ChecksumOk, NationalIds.CheckGermanPersonId("86095742719"));
        Assert.Equal(ChecksumStatus.FormatOk, NationalIds.CheckGermanTaxNumber("2181508150"));
        Assert.Equal(ChecksumStatus.FormatOk, NationalIds.CheckGermanTaxNumber("2893081508152"));
        Assert.Equal(ChecksumStatus.FormatFail, NationalIds.CheckGermanTaxNumber("289308150815"));
        Assert.Equal(ChecksumStatus.ChecksumOk, PaymentReference.CheckRf("RF18539007547034"));
        Assert.Equal(ChecksumStatus.ChecksumFail, PaymentReference.CheckRf("RF18539007547035"));
        Assert.Equal(ChecksumStatus.ChecksumOk, PaymentReference.CheckSwiss("210000000003139471430009017"));
        Assert.Equal(ChecksumStatus.ChecksumFail, PaymentReference.CheckSwiss("210000000003139471430009018"));
        Assert.Equal(ChecksumStatus.ChecksumOk, PaymentReference.CheckBelgian("090933755493"));
        Assert.Equal(ChecksumStatus.ChecksumOk, PaymentReference.CheckCreditorId("DE98ZZZ09999999999"));
        Assert.Equal(ChecksumStatus.ChecksumFail, PaymentReference.CheckCreditorId("DE97ZZZ09999999999"));
    }

    [Theory]
    [InlineData("RE-2024/0117", "re20240117")]
    [InlineData("000 123", "123")]
    [InlineData("0000", "0000")]
    public void NumberKey_SeparatorsAndZeros_DoNotCount(string number, string key) => Assert.Equal(key, IdentifierText.NumberKey(number));

    [Theory]
    [InlineData("€", null, "EUR", false)]
    [InlineData("$", "CA", "CAD", false)]
    [InlineData("$", null, "USD", true)]
    [InlineData("kr", "NO", "NOK", false)]
    [InlineData("kr.", null, "DKK", true)]
    [InlineData("sFr.", null, "CHF", false)]
    [InlineData("eur", null, "EUR", false)]
    [InlineData("RM", null, "MYR", false)]
    public void CurrencyDecide_Sign_CodeAndWhetherOpen(string sign, string? country, string code, bool open) =>
        Assert.Equal((code, open), Currencies.Decide(sign, country));

    [Theory]
    [InlineData("Stk.", "H87")]
    [InlineData("Stück", "H87")]
    [InlineData("pcs", "H87")]
    [InlineData("h", "HUR")]
    [InlineData("Std.", "HUR")]
    [InlineData("heures", "HUR")]
    [InlineData("KG", "KGM")]
    [InlineData("l", "LTR")]
    [InlineData("m", "MTR")]
    [InlineData("giorni", "DAY")]
    [InlineData("Monate", "MON")]
    [InlineData("jaar", "ANN")]
    [InlineData("set", "SET")]
    [InlineData("m²", "MTK")]
    [InlineData("Schachteln?", null)]
    public void UnitCode_PrintedWord_IsRec20(string word, string? code) => Assert.Equal(code, Units.CodeOf(word));
}
