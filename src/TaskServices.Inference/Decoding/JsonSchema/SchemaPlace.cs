using System.Text.Json;

namespace TaskServices.Inference.Decoding.JsonSchema;

/// <summary>A schema or a keyword's value, and where it stands.</summary>
/// <param name="Pointer">JSON pointer as a URI fragment, for example <c>#/properties/name</c>.</param>
internal readonly record struct SchemaPlace(JsonElement Element, string Pointer)
{
    public SchemaPlace At(string name, JsonElement element) =>
        new(element, $"{Pointer}/{name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)}");

    public IEnumerable<SchemaPlace> Members()
    {
        Require(JsonValueKind.Object, "an object");
        var place = this;
        return Element.EnumerateObject().Select(member => place.At(member.Name, member.Value));
    }

    public List<SchemaPlace> Items()
    {
        Require(JsonValueKind.Array, "an array");
        var place = this;
        return [.. Element.EnumerateArray().Select((item, index) => new SchemaPlace(item, $"{place.Pointer}/{index}"))];
    }

    public string Text()
    {
        Require(JsonValueKind.String, "a string");
        try
        {
            return Element.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw Invalid("has half a surrogate pair; correct the escape");
        }
    }

    /// <summary>Reads a count of characters or items.</summary>
    public int Count()
    {
        Require(JsonValueKind.Number, "a number");
        return Element.TryGetInt32(out var count) && count >= 0 ? count : throw Invalid("must be a whole number from 0 to 2,147,483,647");
    }

    public decimal Number()
    {
        Require(JsonValueKind.Number, "a number");
        return Element.TryGetDecimal(out var number) ? number : throw Unsupported("a bound with more than 28 digits");
    }

    public void Require(JsonValueKind kind, string expected)
    {
        if (Element.ValueKind != kind)
        {
            throw Invalid($"must be {expected}");
        }
    }

    public GrammarException Invalid(string problem) => new("JSON_SCHEMA_INVALID", $"JSON Schema, {Shorten(Pointer)}: {problem}.");

    public GrammarException Unsupported(string what) => new("JSON_SCHEMA_UNSUPPORTED", $"JSON Schema, {Shorten(Pointer)}: {what} is not supported.");

    public GrammarException Unsatisfiable(string why) => new("JSON_SCHEMA_UNSATISFIABLE", $"JSON Schema, {Shorten(Pointer)}: no value is valid: {why}.");

    private static string Shorten(string pointer) => pointer.Length <= 300 ? pointer.ReplaceLineEndings(" ") : pointer[..297].ReplaceLineEndings(" ") + "...";
}
