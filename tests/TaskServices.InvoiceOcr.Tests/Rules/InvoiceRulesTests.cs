using TaskServices.InvoiceOcr.Normalization.Identifiers;
using TaskServices.InvoiceOcr.Records;
using TaskServices.InvoiceOcr.Rules;
using static TaskServices.InvoiceOcr.Tests.Records.Samples;

namespace TaskServices.InvoiceOcr.Tests.Rules;

public sealed class InvoiceRulesTests
{
    private static readonly DateOnly Today = new(2024, 2, 15);

    /// <summary>For each rule: a change that breaks it, and one that takes an operand away, from a record on which it holds.</summary>
    private static readonly Dictionary<string, (Action<InvoiceRecord> Break, Action<InvoiceRecord> Remove, ReviewReason Reason)> Cases = new()
    {
        ["A1"] = (r => r.SumOfLinesNet = Euro(151m), r => r.SumOfLinesNet = null, ReviewReason.ArithmeticFail),
        ["A2"] = (r => r.AllowanceTotal = Euro(11m), r => r.AllowanceTotal = null, ReviewReason.ArithmeticFail),
        ["A3"] = (r => r.ChargeTotal = Euro(6m), r => r.Charges.Clear(), ReviewReason.ArithmeticFail),
        ["A4"] = (r => r.TotalNet = Euro(146m), r => r.SumOfLinesNet = null, ReviewReason.ArithmeticFail),
        ["A5"] = (r => r.TotalTax = Euro(28m), r => r.TaxBreakdown.Clear(), ReviewReason.ArithmeticFail),
        ["A6"] = (r => r.TotalGross = Euro(173m), r => r.TotalTax = null, ReviewReason.ArithmeticFail),
        ["A7"] = (r => r.AmountDue = Euro(150m), r => r.AmountDue = null, ReviewReason.ArithmeticFail),
        ["A8"] = (r => r.TaxBreakdown[0].Tax = Euro(28.56m), r => r.TaxBreakdown.ToList().ForEach(tax => tax.Rate = null), ReviewReason.ArithmeticFail),
        ["A9"] = (r => r.TaxBreakdown[0].Taxable = Euro(146m), r => r.Lines[0].TaxRate = null, ReviewReason.ArithmeticFail),
        ["A10"] = (r => r.TaxBreakdown[1].Tax = Euro(0.01m), r => r.TaxBreakdown.RemoveAt(1), ReviewReason.ArithmeticFail),
        ["A11"] = (r => r.Lines[0].AmountNet = Euro(100.03m), r => r.Lines.ToList().ForEach(line => line.Quantity = null), ReviewReason.ArithmeticFail),
        ["A12"] = (r => r.Allowances[0].Percent = Leaf(11m), r => r.Allowances[0].Base = null, ReviewReason.ArithmeticFail),
        ["A13"] = (r => r.Lines[0].PriceDiscount = Euro(1m), r => r.Lines[0].ListPrice = null, ReviewReason.ArithmeticFail),
        ["A14"] = (r => r.TotalGross = Euro(172.345m), RemoveAmounts, ReviewReason.ArithmeticFail),
        ["A15"] = (r => r.Lines[0].UnitPriceNet = Euro(-50m), r => r.Lines.Clear(), ReviewReason.ArithmeticFail),
        ["A16"] = (r => r.ServiceEnd = Leaf(new DateOnly(2023, 12, 31)), r => r.ServiceEnd = null, ReviewReason.ArithmeticFail),
        ["A17"] = (r => (r.DueDate, r.PaymentTerms) = (null, null), r => (r.AmountDue, r.AmountDuePrinted) = (null, null), ReviewReason.MissingRequired),
        ["A18"] = (r => r.TaxBreakdown.Clear(), r => r.DocumentType = Leaf(DocumentType.Receipt), ReviewReason.MissingRequired),
        ["A19"] = (r => r.AmountDuePrinted = Euro(162.56m), r => r.AmountDuePrinted = null, ReviewReason.ArithmeticFail),
        ["A20"] = (r => r.Installments[0].Amount = Euro(81m), r => r.Installments.Clear(), ReviewReason.ArithmeticFail),
        ["A21"] = (r => r.Lines[0].AmountGross = Euro(120m), r => r.Lines[0].AmountGross = null, ReviewReason.ArithmeticFail),
        ["A22"] = (r => r.Lines[0].TaxAmount = Euro(18m), r => r.Lines.ToList().ForEach(line => line.TaxAmount = null), ReviewReason.ArithmeticFail),
        ["A23"] = (r => r.Lines[0].TaxRate = Leaf(18m), r => r.IssueDate = null, ReviewReason.LowFieldConfidence),
        ["A24"] = (r => r.DueDate = Leaf(new DateOnly(2024, 2, 29)), r => r.DueDate = null, ReviewReason.ArithmeticFail),
        ["A25"] = (r => r.AmountInWords = Euro(173m), r => r.AmountInWords = null, ReviewReason.ArithmeticFail),
    };

    public static TheoryData<string> Ids => [.. Cases.Keys];

    [Fact]
    public void Table_IsA1ToA25() => Assert.Equal(Enumerable.Range(1, 25).Select(number => $"A{number}"), InvoiceRules.Table.Select(rule => rule.Id));

    [Fact]
    public void Check_SoundRecord_EveryRulePassesAndNothingIsToBeReviewed()
    {
        var record = Sound();

        InvoiceRules.Check(record, Today);

        Assert.All(record.Rules, verdict => Assert.True(verdict.Status == RuleStatus.Pass, $"{verdict.Id} {verdict.Status} {verdict.Detail}"));
        Assert.Empty(record.Review.Reasons);
        Assert.False(record.Review.Required);
        Assert.Equal(["A1", "A4", "A14"], record.SumOfLinesNet!.RuleIds);
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void Check_BrokenRule_FailsWithItsReason(string id)
    {
        var record = Sound();
        Cases[id].Break(record);

        InvoiceRules.Check(record, Today);

        var verdict = Assert.Single(record.Rules, verdict => verdict.Id == id);
        Assert.Equal(RuleStatus.Fail, verdict.Status);
        Assert.Equal(Cases[id].Reason, verdict.Reason);
        Assert.NotNull(verdict.Detail);
        if (id != "A21")
        {
            Assert.Contains(Cases[id].Reason, record.Review.Reasons);
            Assert.True(record.Review.Required);
        }
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void Check_OperandMissing_IsNotApplicable(string id)
    {
        var record = Sound();
        Cases[id].Remove(record);

        InvoiceRules.Check(record, Today);

        Assert.Equal(RuleStatus.NotApplicable, record.Rules.Single(verdict => verdict.Id == id).Status);
    }

    [Fact]
    public void Check_EmptyRecord_NoRuleAppliesAndRequiredFieldsAreMissing()
    {
        var record = new InvoiceRecord();

        InvoiceRules.Check(record, Today);

        Assert.All(record.Rules, verdict => Assert.Equal(RuleStatus.NotApplicable, verdict.Status));
        Assert.Equal([ReviewReason.MissingRequired], record.Review.Reasons);
    }

    [Fact]
    public void Check_Twice_IsTheSameRecord()
    {
        var record = Sound();
        record.TotalGross = Euro(173m);
        InvoiceRules.Check(record, Today);
        var once = InvoiceJson.Write(record);

        InvoiceRules.Check(record, Today);

        Assert.Equal(once, InvoiceJson.Write(record));
    }

    [Theory]
    [InlineData(172.55, ValueSource.Ocr, RuleStatus.Pass)]
    [InlineData(172.57, ValueSource.Ocr, RuleStatus.PassRounding)]
    [InlineData(172.60, ValueSource.Ocr, RuleStatus.Fail)]
    [InlineData(172.57, ValueSource.EmbeddedXml, RuleStatus.Fail)]
    public void Check_GrossOffByCents_PassesAsRoundingOnScansOnly(double gross, ValueSource source, RuleStatus expected)
    {
        var record = Sound();
        record.TotalGross = Leaf(new Money((decimal)gross, "EUR"), source);

        InvoiceRules.Check(record, Today);

        Assert.Equal(expected, record.Rules.Single(verdict => verdict.Id == "A6").Status);
    }

    [Theory]
    [InlineData(28.54, RuleStatus.PassRounding)]
    [InlineData(28.55, RuleStatus.Fail)]
    public void Check_TaxOfBase_HoldsStrictlyBelowOneUnit(double tax, RuleStatus expected)
    {
        var record = Sound();
        record.TaxBreakdown[0].Tax = Euro((decimal)tax);

        InvoiceRules.Check(record, Today);

        Assert.Equal(expected, record.Rules.Single(verdict => verdict.Id == "A8").Status);
    }

    [Fact]
    public void Check_GrossPrices_NetSumMayFailWithoutReview()
    {
        var record = Sound();
        record.SumOfLinesNet = Euro(178.50m);
        record.TotalNet = Euro(173.50m);
        record.TotalTax = null;
        record.TotalGross = Euro(173.50m);
        record.Lines[0].AmountGross = Euro(119m);
        record.Lines[1].AmountGross = Euro(59.50m);
        record.AmountDue = record.AmountDuePrinted = record.AmountInWords = null;
        record.Installments.Clear();

        InvoiceRules.Check(record, Today);

        Assert.Equal(RuleStatus.Fail, record.Rules.Single(verdict => verdict.Id == "A1").Status);
        Assert.Equal(RuleStatus.Pass, record.Rules.Single(verdict => verdict.Id == "A21").Status);
        Assert.DoesNotContain(ReviewReason.ArithmeticFail, record.SumOfLinesNet.ReviewReasons);
    }

    [Fact]
    public void XPathRound2_Half_GoesTowardsPlusInfinity()
    {
        Assert.Equal(0.13m, Tolerance.XPathRound2(0.125m));
        Assert.Equal(-0.12m, Tolerance.XPathRound2(-0.125m));
    }

    [Fact]
    public void Check_CarriedForwardRow_DoesNotEnterTheSum()
    {
        var record = Sound();
        record.Lines.Insert(1, new InvoiceLine { RowKind = RowKind.CarriedForward, AmountNet = Euro(100m) });

        InvoiceRules.Check(record, Today);

        Assert.Equal(RuleStatus.Pass, record.Rules.Single(verdict => verdict.Id == "A1").Status);
    }

    [Fact]
    public void Check_WrongIdentifiers_KeepTheirValueAndAreFlagged()
    {
        var record = Sound();
        record.Seller!.VatId = Leaf("DE136695977");
        record.Accounts.Add(new BankAccount { Iban = Leaf("DE89370400440532013001"), Bic = Leaf("COBADEFF") });

        InvoiceRules.Check(record, Today);

        Assert.Equal(ChecksumStatus.ChecksumFail, record.Seller.VatId.Checksum);
        Assert.Equal("DE136695977", record.Seller.VatId.Value);
        Assert.Equal(ChecksumStatus.ChecksumFail, record.Accounts[0].Iban!.Checksum);
        Assert.Equal([ReviewReason.ChecksumFail], record.Review.Reasons);
    }

    [Fact]
    public void Check_DoubtfulValues_RaiseTheirReasons()
    {
        var record = Sound();
        record.IssueDate!.Ambiguous = true;
        record.Currency!.Ambiguous = true;
        record.TotalGross!.Ambiguous = true;
        record.InvoiceNumber!.OcrConfidenceMin = 0.2;
        record.Buyer!.Name!.Confidence = 0.3;
        record.PurchaseOrder = new FieldValue<string> { Value = "PO 7", Source = ValueSource.SlmCorrected, Confidence = 0.9 };

        InvoiceRules.Check(record, Today);

        Assert.Equal(
            [
                ReviewReason.DateAmbiguous, ReviewReason.CurrencyAmbiguous, ReviewReason.AmbiguousNumber, ReviewReason.LowOcrConfidence, ReviewReason.LowFieldConfidence,
                ReviewReason.UngroundedValue,
            ],
            record.Review.Reasons.Order().OrderBy(reason => Array.IndexOf(
                [ReviewReason.DateAmbiguous, ReviewReason.CurrencyAmbiguous, ReviewReason.AmbiguousNumber, ReviewReason.LowOcrConfidence, ReviewReason.LowFieldConfidence, ReviewReason.UngroundedValue], reason)));
    }

    [Theory]
    [InlineData("2024-02-17")]
    [InlineData("2014-02-14")]
    public void Check_DateOutOfReach_IsDoubted(string date)
    {
        var record = Sound();
        record.IssueDate = Leaf(DateOnly.Parse(date, System.Globalization.CultureInfo.InvariantCulture));

        InvoiceRules.Check(record, Today);

        Assert.Contains(ReviewReason.LowFieldConfidence, record.IssueDate.ReviewReasons);
    }

    private static void RemoveAmounts(InvoiceRecord r)
    {
        r.SumOfLinesNet = r.AllowanceTotal = r.ChargeTotal = r.TotalNet = r.TotalTax = r.TotalGross = r.PaidAmount = r.RoundingAmount = r.AmountDue = null;
        r.Allowances.Clear();
        r.Charges.Clear();
        r.TaxBreakdown.Clear();
        r.Lines.Clear();
    }

    // 100 + 50 - 10 + 5 = 145 net, 27.55 tax, 172.55 gross; the second part of the breakdown is exempt and empty.
    private static InvoiceRecord Sound()
    {
        var record = new InvoiceRecord
        {
            DocumentType = Leaf(DocumentType.Invoice),
            InvoiceNumber = Leaf("RE-1"),
            IssueDate = Leaf(new DateOnly(2024, 1, 31)),
            DueDate = Leaf(new DateOnly(2024, 3, 1)),
            ServiceStart = Leaf(new DateOnly(2024, 1, 1)),
            ServiceEnd = Leaf(new DateOnly(2024, 1, 31)),
            PaymentTerms = Leaf(new PaymentTerms("30 Tage netto", 30)),
            Currency = Leaf("EUR"),
            Seller = new Party { Name = Leaf("Müller GmbH"), VatId = Leaf("DE136695976") },
            Buyer = new Party { Name = Leaf("Beispiel AG") },
            SumOfLinesNet = Euro(150m),
            AllowanceTotal = Euro(10m),
            ChargeTotal = Euro(5m),
            TotalNet = Euro(145m),
            TotalTax = Euro(27.55m),
            TotalGross = Euro(172.55m),
            RoundingAmount = Euro(0.01m),
            PaidAmount = Euro(10m),
            AmountDue = Euro(162.56m),
            PreviousBalance = Euro(20m),
            AmountDuePrinted = Euro(182.56m),
            AmountInWords = Euro(172.55m),
        };
        record.Lines.Add(new InvoiceLine
        {
            Quantity = Leaf(new Quantity(2, "H87", "Stk")),
            UnitPriceNet = Euro(50m),
            ListPrice = Euro(55m),
            PriceDiscount = Euro(5m),
            AmountNet = Euro(100m),
            AmountGross = Euro(119m),
            TaxAmount = Euro(19m),
            TaxRate = Leaf(19m),
            TaxCategory = Leaf("S"),
        });
        record.Lines.Add(new InvoiceLine
        {
            Quantity = Leaf(new Quantity(1)),
            UnitPriceNet = Euro(50m),
            AmountNet = Euro(50m),
            AmountGross = Euro(58.55m),
            TaxRate = Leaf(19m),
            TaxCategory = Leaf("S"),
        });
        record.Allowances.Add(new AllowanceCharge { Amount = Euro(10m), Base = Euro(100m), Percent = Leaf(10m), TaxRate = Leaf(19m), TaxCategory = Leaf("S") });
        record.Charges.Add(new AllowanceCharge { Amount = Euro(5m), TaxRate = Leaf(19m), TaxCategory = Leaf("S") });
        record.TaxBreakdown.Add(new TaxBreakdown { Category = Leaf("S"), Rate = Leaf(19m), Taxable = Euro(145m), Tax = Euro(27.55m) });
        record.TaxBreakdown.Add(new TaxBreakdown { Category = Leaf("E"), Rate = Leaf(0m), Taxable = Euro(0m), Tax = Euro(0m) });
        record.Installments.Add(new Installment { Amount = Euro(80m) });
        record.Installments.Add(new Installment { Amount = Euro(82.56m) });
        return record;
    }
}
