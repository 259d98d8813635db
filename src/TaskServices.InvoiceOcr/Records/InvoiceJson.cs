using System.Collections;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using TaskServices.InvoiceOcr.Normalization.Identifiers;

namespace TaskServices.InvoiceOcr.Records;

/// <summary>The record as JSON: snake_case names, numbers of money as strings, dates as ISO text, absent values and empty lists left out.</summary>
public static class InvoiceJson
{
    private static readonly JsonSerializerOptions Compact = Options(indented: false);

    private static readonly JsonSerializerOptions Indented = Options(indented: true);

    /// <summary>Writes a record.</summary>
    public static string Write(InvoiceRecord record, bool indented = false) =>
        JsonSerializer.Serialize(record, (JsonTypeInfo<InvoiceRecord>)(indented ? Indented : Compact).GetTypeInfo(typeof(InvoiceRecord)));

    /// <summary>Reads a record.</summary>
    /// <exception cref="JsonException">The text is no record: broken JSON, an unknown name, a number that is no decimal, a date that is none.</exception>
    public static InvoiceRecord Read(string json) =>
        JsonSerializer.Deserialize(json, (JsonTypeInfo<InvoiceRecord>)Compact.GetTypeInfo(typeof(InvoiceRecord)))
        ?? throw new JsonException("The text is null, not a record.");

    private static JsonSerializerOptions Options(bool indented) => new(InvoiceJsonContext.Default.Options)
    {
        WriteIndented = indented,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        TypeInfoResolver = InvoiceJsonContext.Default.WithAddedModifier(LeaveOutEmptyLists),
    };

    private static void LeaveOutEmptyLists(JsonTypeInfo type)
    {
        foreach (var property in type.Properties)
        {
            if (property.PropertyType != typeof(string) && property.PropertyType.IsAssignableTo(typeof(IEnumerable)) && type.Type != typeof(Review))
            {
                property.ShouldSerialize = (_, value) => value is ICollection { Count: > 0 };
            }
        }
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    MaxDepth = 32,
    Converters =
    [
        typeof(DecimalText), typeof(Capitals<DocumentType>), typeof(Capitals<ValueSource>), typeof(Capitals<ReviewReason>), typeof(Capitals<RowKind>),
        typeof(Capitals<PriceBasis>), typeof(Capitals<RuleStatus>), typeof(Capitals<ChecksumStatus>),
    ])]
[JsonSerializable(typeof(InvoiceRecord))]
internal sealed partial class InvoiceJsonContext : JsonSerializerContext;

/// <summary>Enumerations as their reference writes them: CREDIT_NOTE.</summary>
internal sealed class Capitals<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.SnakeCaseUpper, allowIntegerValues: false)
    where T : struct, Enum;

/// <summary>Decimals as text (<c>-?\d+(\.\d+)?</c>), so that no reader takes them for binary floating point.</summary>
internal sealed class DecimalText : JsonConverter<decimal>
{
    public override decimal Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var text = reader.TokenType == JsonTokenType.String ? reader.GetString()! : "";
        return text.Length > 0 && char.IsAsciiDigit(text[^1]) && text[0] is not ('+' or '.')
            && decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)
                ? value
                : throw new JsonException("A decimal is a string such as \"118.76\".");
    }

    public override void Write(Utf8JsonWriter writer, decimal value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString(CultureInfo.InvariantCulture));
}
