using System.Text.Json;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;

namespace TaskServices.Inference.Service.OpenAi;

/// <summary>A JSON object of a request, read field by field; what nobody asked for is refused rather than passed over.</summary>
internal sealed class RequestFields(JsonElement fields, string path = "")
{
    /// <summary>Far more than any context holds.</summary>
    public const int MaxBytes = 4 << 20;

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 64, AllowDuplicateProperties = false };

    private readonly HashSet<string> _known = [];

    /// <summary>Reads the body of a request.</summary>
    /// <exception cref="OpenAiException">It is not a JSON object in UTF-8, or too large.</exception>
    public static async Task<RequestFields> ReadAsync(HttpContext context)
    {
        if (!context.Request.HasJsonContentType())
            throw new OpenAiException(415, "invalid_request_error", "unsupported_media_type", null, "Send the request as content type application/json.");
        if (context.Request.ContentLength > MaxBytes)
            throw new OpenAiException(413, "invalid_request_error", "request_too_large", null, OpenAiErrors.TooLarge);
        using var buffer = new MemoryStream();
        var piece = new byte[64 << 10];
        while (await context.Request.Body.ReadAsync(piece, context.RequestAborted) is > 0 and var count)
        {
            if (buffer.Length + count > MaxBytes)
                throw new OpenAiException(413, "invalid_request_error", "request_too_large", null, OpenAiErrors.TooLarge);
            buffer.Write(piece, 0, count);
        }

        return Parse(buffer.GetBuffer().AsMemory(0, (int)buffer.Length));
    }

    /// <exception cref="OpenAiException">It is not a JSON object in UTF-8.</exception>
    public static RequestFields Parse(ReadOnlyMemory<byte> body)
    {
        if (!Utf8.IsValid(body.Span))
            throw OpenAiException.Invalid("invalid_json", null, "The body is not valid UTF-8.");
        try
        {
            using var document = JsonDocument.Parse(body, Strict);
            return document.RootElement.ValueKind is JsonValueKind.Object
                ? new RequestFields(document.RootElement.Clone())
                : throw OpenAiException.Invalid("invalid_json", null, "The body is not a JSON object.");
        }
        catch (JsonException exception)
        {
            throw OpenAiException.Invalid(
                "invalid_json", null, $"The body is not JSON (line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}): correct it there.");
        }
    }

    /// <summary>Gets a field, or null where it is absent or null.</summary>
    public JsonElement? Find(string name)
    {
        _known.Add(name);
        return fields.TryGetProperty(name, out var value) && value.ValueKind is not JsonValueKind.Null ? value : null;
    }

    public string? Text(string name, int maxLength = int.MaxValue) => Find(name) is { } value ? TextOf(value, NameOf(name), maxLength) : null;

    public bool Flag(string name) => Find(name) is { } value
        && (value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : throw WrongType(NameOf(name), "true or false"));

    public long? Integer(string name, long least, long most) => Find(name) is not { } value ? null
        : value.ValueKind is JsonValueKind.Number && value.TryGetInt64(out var number)
            ? number >= least && number <= most ? number : throw OutOfRange(name, least, most)
            : throw WrongType(NameOf(name), "a whole number");

    public double? Number(string name, double least, double most) => Find(name) is not { } value ? null
        : value.ValueKind is JsonValueKind.Number && value.TryGetDouble(out var number) && double.IsFinite(number)
            ? number >= least && number <= most ? number : throw OutOfRange(name, least, most)
            : throw WrongType(NameOf(name), "a number");

    public RequestFields? Object(string name) => Find(name) is not { } value ? null
        : value.ValueKind is JsonValueKind.Object ? new RequestFields(value, NameOf(name) + ".") : throw WrongType(NameOf(name), "an object");

    /// <summary>Takes a field whose one supported value changes nothing.</summary>
    public void AllowOnly(string name, Func<JsonElement, bool> isNeutral, string advice)
    {
        if (Find(name) is { } value && !isNeutral(value))
            throw OpenAiException.Invalid("unsupported_parameter", NameOf(name), $"'{NameOf(name)}' is not supported here; {advice}.");
    }

    /// <summary>Takes fields that say something about the caller and change no answer.</summary>
    public void Ignore(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
            _known.Add(name);
    }

    /// <exception cref="OpenAiException">There are fields that nobody asked for.</exception>
    public void RefuseOthers()
    {
        foreach (var field in fields.EnumerateObject())
        {
            if (!_known.Contains(field.Name) && field.Value.ValueKind is not JsonValueKind.Null)
            {
                var name = NameOf(field.Name.Length <= 64 ? field.Name : field.Name[..64]);
                throw OpenAiException.Invalid("unsupported_parameter", name, $"'{name}' is not supported here; leave it out.");
            }
        }
    }

    public static string TextOf(JsonElement value, string name, int maxLength = int.MaxValue)
    {
        if (value.ValueKind is not JsonValueKind.String)
            throw WrongType(name, "a string");
        try
        {
            var text = value.GetString()!;
            return text.Length <= maxLength ? text : throw OpenAiException.Invalid("invalid_value", name, $"'{name}' is longer than {maxLength:N0} characters.");
        }
        catch (InvalidOperationException)
        {
            throw OpenAiException.Invalid("invalid_value", name, $"'{name}' holds half a surrogate pair.");
        }
    }

    public static OpenAiException WrongType(string name, string expected) =>
        OpenAiException.Invalid("invalid_type", name, $"'{name}' must be {expected}.");

    public string NameOf(string name) => path + name;

    private OpenAiException OutOfRange(string name, double least, double most) =>
        OpenAiException.Invalid("invalid_value", NameOf(name), string.Create(System.Globalization.CultureInfo.InvariantCulture, $"'{NameOf(name)}' must be in [{least}, {most}]."));
}
