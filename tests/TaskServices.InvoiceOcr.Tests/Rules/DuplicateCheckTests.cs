using TaskServices.InvoiceOcr.Records;
using TaskServices.InvoiceOcr.Rules;
using static TaskServices.InvoiceOcr.Tests.Records.Samples;

namespace TaskServices.InvoiceOcr.Tests.Rules;

public sealed class DuplicateCheckTests
{
    [Fact]
    public void Compare_NumberSellerAmount_IsTheSameInvoice()
    {
        Assert.Equal(DuplicateKind.Business, DuplicateCheck.Compare(Key("RE-2024/17"), Key("re 2024-17")));
        Assert.Equal(DuplicateKind.None, DuplicateCheck.Compare(Key("RE-2024/17"), Key("RE-2024/17", gross: 99m)));
        Assert.Equal(DuplicateKind.None, DuplicateCheck.Compare(Key("RE-2024/17"), Key("RE-2024/17", seller: "Other Ltd")));
        Assert.Equal(DuplicateKind.Business, DuplicateCheck.Compare(Key("1", seller: "Müller GmbH"), Key("1", seller: "MÜLLER  GmbH.")));
    }

    [Fact]
    public void Compare_NumberOneOffOrMissing_IsSoft()
    {
        Assert.Equal(DuplicateKind.Soft, DuplicateCheck.Compare(Key("RE-1234"), Key("RE-1284")));
        Assert.Equal(DuplicateKind.Soft, DuplicateCheck.Compare(Key("RE-1234"), Key("RE-124")));
        Assert.Equal(DuplicateKind.Soft, DuplicateCheck.Compare(Key("RE-1234"), Key(null)));
        Assert.Equal(DuplicateKind.None, DuplicateCheck.Compare(Key("RE-1234"), Key("RE-1299")));
        Assert.Equal(DuplicateKind.None, DuplicateCheck.Compare(Key("RE-1234"), Key("RE-1284", day: 2)));
    }

    [Fact]
    public void Compare_PagesLookAlike_IsANearScanUnlessNumbersDiffer()
    {
        var first = Key(null, seller: null) with { PageHashes = [0b1111] };

        Assert.Equal(DuplicateKind.NearScan, DuplicateCheck.Compare(first, first with { PageHashes = [0b1111 << 3] }));
        Assert.Equal(DuplicateKind.None, DuplicateCheck.Compare(first, first with { PageHashes = [0x7F_0F] }));
        Assert.Equal(DuplicateKind.None, DuplicateCheck.Compare(first with { Number = "1" }, first with { Number = "2" }));
        Assert.Equal(DuplicateKind.SameFile, DuplicateCheck.Compare(first with { Sha256 = "ab" }, Key("9") with { Sha256 = "ab" }));
    }

    [Fact]
    public void Flag_KnownInvoice_AsksForReview()
    {
        var record = Record("RE-1", "Müller GmbH", 10m, 1);

        Assert.Equal(DuplicateKind.Business, DuplicateCheck.Flag(record, [Key("x"), Key("RE-1", gross: 10m)]));
        Assert.Equal([ReviewReason.DuplicateSuspect], record.Review.Reasons);
        Assert.Equal(DuplicateKind.None, DuplicateCheck.Flag(record, []));
    }

    private static DuplicateKey Key(string? number, string? seller = "Müller GmbH", decimal gross = 118.76m, int day = 1) => DuplicateKey.Of(Record(number, seller, gross, day));

    private static InvoiceRecord Record(string? number, string? seller, decimal gross, int day) => new()
    {
        InvoiceNumber = number is null ? null : Leaf(number),
        Seller = seller is null ? null : new Party { Name = Leaf(seller) },
        TotalGross = Euro(gross),
        Currency = Leaf("EUR"),
        IssueDate = Leaf(new DateOnly(2024, 1, day)),
    };
}
