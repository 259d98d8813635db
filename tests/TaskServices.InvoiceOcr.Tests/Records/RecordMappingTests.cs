using Google.Protobuf;
using TaskServices.InvoiceOcr.Records;
using TaskServices.InvoiceOcr.Service;
using TaskServices.Testing;
using Proto = TaskServices.Protos.InvoiceOcr.V1;

namespace TaskServices.InvoiceOcr.Tests.Records;

public sealed class RecordMappingTests
{
    [Fact]
    public void ToProto_EveryPropertyFilled_ReadsBackTheSame()
    {
        var record = Samples.Full();

        var message = Proto.InvoiceRecord.Parser.ParseFrom(RecordMapping.ToProto(record).ToByteArray());

        Assert.Equal(InvoiceJson.Write(record), InvoiceJson.Write(RecordMapping.FromProto(message)));
    }

    [Fact]
    public void ToProto_ReferenceExample_KeepsValuesAndEvidence()
    {
        var path = TestFiles.TryShared("reference", "invoice-record-example.json");
        Assert.SkipWhen(path is null, "the reference folder is absent");
        var record = InvoiceJson.Read(File.ReadAllText(path));

        var message = RecordMapping.ToProto(record);

        Assert.Equal("118.76", message.TotalGross.Value.Amount);
        Assert.Equal("2024-02-03", message.DueDate.Value);
        Assert.Equal(Proto.ValueSource.SlmCorrected, message.Seller.Name.Source);
        Assert.Equal(1180, message.InvoiceNumber.Regions[0].Polygon[0].X);
        Assert.Equal(InvoiceJson.Write(record), InvoiceJson.Write(RecordMapping.FromProto(message)));
    }

    [Fact]
    public void ToProto_EmptyRecord_ReadsBackTheSame() => Assert.Equal(
        InvoiceJson.Write(new InvoiceRecord()), InvoiceJson.Write(RecordMapping.FromProto(RecordMapping.ToProto(new InvoiceRecord()))));
}
