using System.Text.Json.Nodes;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using TaskServices.InvoiceOcr.Records;
using Proto = TaskServices.Protos.InvoiceOcr.V1;

namespace TaskServices.InvoiceOcr.Service;

/// <summary>
/// Maps records to and from <c>taskservices.invoice_ocr.v1</c>. Both have one shape, so the record's JSON is the bridge: only enumerations (which
/// carry their type's name in protobuf) and points (which are messages there) are written differently. A field that one side lacks is an error.
/// </summary>
public static class RecordMapping
{
    private static readonly JsonFormatter Formatter = new(JsonFormatter.Settings.Default.WithFormatDefaultValues(true).WithPreserveProtoFieldNames(true));

    private static readonly JsonParser Parser = new(JsonParser.Settings.Default.WithIgnoreUnknownFields(false));

    /// <summary>Maps a record to its message.</summary>
    public static Proto.InvoiceRecord ToProto(InvoiceRecord record)
    {
        var json = JsonNode.Parse(InvoiceJson.Write(record))!.AsObject();
        ToProto(json, Proto.InvoiceRecord.Descriptor);
        return Parser.Parse<Proto.InvoiceRecord>(json.ToJsonString());
    }

    /// <summary>Maps a message to its record.</summary>
    /// <exception cref="System.Text.Json.JsonException">A decimal or a date of the message is none.</exception>
    public static InvoiceRecord FromProto(Proto.InvoiceRecord message)
    {
        var json = JsonNode.Parse(Formatter.Format(message))!.AsObject();
        FromProto(json, Proto.InvoiceRecord.Descriptor);
        return InvoiceJson.Read(json.ToJsonString());
    }

    private static void ToProto(JsonObject json, MessageDescriptor type) => Rewrite(
        json, type, (value, field) => field switch
        {
            { FieldType: FieldType.Enum } => JsonValue.Create(Prefix(field) + value.GetValue<string>()),
            { FieldType: FieldType.Message } when field.MessageType == Proto.Point.Descriptor => new JsonObject { ["x"] = value[0]!.DeepClone(), ["y"] = value[1]!.DeepClone() },
            _ => value,
        }, ToProto);

    private static void FromProto(JsonObject json, MessageDescriptor type) => Rewrite(
        json, type, (value, field) => field switch
        {
            { FieldType: FieldType.Enum } when value.GetValue<string>() == Prefix(field) + "UNSPECIFIED" => null,
            { FieldType: FieldType.Enum } => JsonValue.Create(value.GetValue<string>()[Prefix(field).Length..]),
            { FieldType: FieldType.Message } when field.MessageType == Proto.Point.Descriptor => new JsonArray(value["x"]!.DeepClone(), value["y"]!.DeepClone()),
            _ => value,
        }, FromProto);

    private static void Rewrite(JsonObject json, MessageDescriptor type, Func<JsonNode, FieldDescriptor, JsonNode?> rewrite, Action<JsonObject, MessageDescriptor> descend)
    {
        foreach (var field in type.Fields.InDeclarationOrder().Where(field => json[field.Name] is not null))
        {
            var value = json[field.Name]!;
            json.Remove(field.Name);
            if (value is JsonArray items)
            {
                json[field.Name] = new JsonArray([.. items.Select(item => One(item!.DeepClone(), field)).OfType<JsonNode>()]);
            }
            else if (One(value, field) is { } rewritten)
            {
                json[field.Name] = rewritten;
            }
        }

        JsonNode? One(JsonNode value, FieldDescriptor field)
        {
            var rewritten = rewrite(value, field);
            if (rewritten is JsonObject message && ReferenceEquals(rewritten, value))
            {
                descend(message, field.MessageType);
            }

            return rewritten;
        }
    }

    // DOCUMENT_TYPE_ of DocumentType: the zero value's name without its ending.
    private static string Prefix(FieldDescriptor field) => field.EnumType.FindValueByNumber(0).Name[..^"UNSPECIFIED".Length];
}
