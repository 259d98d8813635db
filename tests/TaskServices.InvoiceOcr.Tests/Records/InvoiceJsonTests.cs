using System.Text.Json;
using System.Text.Json.Nodes;
using TaskServices.InvoiceOcr.Records;
using TaskServices.Testing;

namespace TaskServices.InvoiceOcr.Tests.Records;

public sealed class InvoiceJsonTests
{
    [Fact]
    public void Write_EveryPropertyFilled_ReadsBackTheSame()
    {
        var json = InvoiceJson.Write(Samples.Full());

        Assert.Equal(json, InvoiceJson.Write(InvoiceJson.Read(json)));
    }

    [Fact]
    public void LeavesOf_EveryPropertyFilled_FindsEveryLeafOfTheJson()
    {
        var record = Samples.Full();
        var inJson = CountLeaves(JsonNode.Parse(InvoiceJson.Write(record))!);
        var paths = Leaves.Of(record).Select(leaf => leaf.Path).ToArray();

        Assert.Equal(inJson, paths.Length);
        Assert.Distinct(paths);
    }

    [Fact]
    public void Read_ReferenceExample_WritesTheSameFields()
    {
        var path = TestFiles.TryShared("reference", "invoice-record-example.json");
        Assert.SkipWhen(path is null, "the reference folder is absent");
        var text = File.ReadAllText(path);

        var written = JsonNode.Parse(InvoiceJson.Write(InvoiceJson.Read(text)))!;

        Assert.True(JsonNode.DeepEquals(WithoutEmptyLists(JsonNode.Parse(text)!), WithoutEmptyLists(written)), written.ToJsonString());
    }

    [Fact]
    public void Write_Minimal_HasDecimalStringsIsoDatesAndNoEmptyLists()
    {
        var record = new InvoiceRecord
        {
            IssueDate = new() { Value = new DateOnly(2024, 1, 31), Confidence = 0.5, Source = ValueSource.PdfText },
            TotalGross = new() { Value = new Money(118.70m, "EUR"), Confidence = 1 },
        };

        Assert.Equal(
            """{"issue_date":{"value":"2024-01-31","source":"PDF_TEXT","confidence":0.5},"total_gross":{"value":{"amount":"118.70","currency":"EUR"},"source":"OCR","confidence":1},"review":{"required":false,"reasons":[]},"document":{}}""",
            InvoiceJson.Write(record));
    }

    [Theory]
    [InlineData("""{"total_gross":{"value":{"amount":1.5},"source":"OCR","confidence":1}}""")]
    [InlineData("""{"total_gross":{"value":{"amount":"1,5"},"source":"OCR","confidence":1}}""")]
    [InlineData("""{"issue_date":{"value":"31.01.2024","source":"OCR","confidence":1}}""")]
    [InlineData("""{"issue_date":{"value":"2024-01-31","source":"GUESS","confidence":1}}""")]
    [InlineData("""{"isue_date":null}""")]
    [InlineData("""{"lines":null}""")]
    [InlineData("null")]
    [InlineData("{")]
    public void Read_NoRecord_Throws(string json) => Assert.ThrowsAny<JsonException>(() => InvoiceJson.Read(json));

    private static int CountLeaves(JsonNode node) => node switch
    {
        JsonObject leaf when leaf.ContainsKey("source") && leaf.ContainsKey("confidence") => 1,
        JsonObject group => group.Sum(pair => pair.Value is null ? 0 : CountLeaves(pair.Value)),
        JsonArray list => list.Sum(item => item is null ? 0 : CountLeaves(item)),
        _ => 0,
    };

    private static JsonNode WithoutEmptyLists(JsonNode node)
    {
        if (node is JsonObject group)
        {
            foreach (var (name, value) in group.ToArray())
            {
                if (value is JsonArray { Count: 0 })
                {
                    group.Remove(name);
                }
                else if (value is not null)
                {
                    WithoutEmptyLists(value);
                }
            }
        }
        else if (node is JsonArray list)
        {
            foreach (var item in list.Where(item => item is not null))
            {
                WithoutEmptyLists(item!);
            }
        }

        return node;
    }
}
