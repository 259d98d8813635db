using System.Globalization;
using System.Text.Json;

namespace TaskServices.Inference.Decoding.JsonSchema;

/// <summary>Finds what <c>$ref</c> points to within the one document.</summary>
internal sealed class SchemaReferences(JsonElement root)
{
    /// <param name="reference">The value of a <c>$ref</c>: <c>#</c> or <c>#/a/json/pointer</c>.</param>
    public SchemaPlace Resolve(SchemaPlace reference)
    {
        var text = reference.Text();
        if (text.Length == 0 || text[0] != '#' || (text.Length > 1 && text[1] != '/'))
        {
            throw reference.Unsupported("a reference that is not # or #/... (another document, or an anchor)");
        }

        var place = new SchemaPlace(root, "#");
        foreach (var part in text.Split('/').Skip(1))
        {
            var name = Uri.UnescapeDataString(part).Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            place = Step(place, name) ?? throw reference.Invalid("points to nothing in this schema");
        }

        return place;
    }

    private static SchemaPlace? Step(SchemaPlace place, string name) => place.Element.ValueKind switch
    {
        JsonValueKind.Object when place.Element.TryGetProperty(name, out var member) => place.At(name, member),
        JsonValueKind.Array when int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            && index < place.Element.GetArrayLength() => place.At(name, place.Element[index]),
        _ => null,
    };
}
