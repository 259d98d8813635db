using System.Text.Json;

namespace TaskServices.Inference.Decoding.JsonSchema;

/// <summary>The keywords about objects.</summary>
internal static class ObjectKeywords
{
    /// <summary>Reads <c>additionalProperties</c>, which speaks of the members that its own schema does not name.</summary>
    public static void ReadAdditional(SchemaPlace schema, SchemaFacts facts)
    {
        if (!schema.Element.TryGetProperty("additionalProperties", out var value))
        {
            return;
        }

        var keyword = schema.At("additionalProperties", value);
        var own = schema.Element.TryGetProperty("properties", out var properties) && properties.ValueKind == JsonValueKind.Object
            ? properties.EnumerateObject().Select(member => member.Name).ToHashSet(StringComparer.Ordinal) : [];
        if (facts.Properties.Keys.Any(name => !own.Contains(name)))
        {
            throw keyword.Unsupported("additionalProperties beside properties of another schema that allOf or $ref brings in");
        }

        facts.Describe(JsonTypes.Object);
        facts.OtherMembers = [.. facts.OtherMembers ?? [], keyword];
    }

    /// <returns>Whether the keyword is one of these.</returns>
    public static bool TryRead(string name, SchemaPlace keyword, SchemaFacts facts)
    {
        switch (name)
        {
            case "additionalProperties":
                break;
            case "properties":
                ReadProperties(keyword, facts);
                break;
            case "required":
                facts.Required.UnionWith(keyword.Items().Select(item => item.Text()));
                break;
            default:
                return false;
        }

        facts.Describe(JsonTypes.Object);
        return true;
    }

    private static void ReadProperties(SchemaPlace keyword, SchemaFacts facts)
    {
        keyword.Require(JsonValueKind.Object, "an object");
        var isOwn = facts.OtherMembers is null
            || facts.OtherMembers.TrueForAll(other => other.Pointer == keyword.Pointer[..^"properties".Length] + "additionalProperties");
        foreach (var member in keyword.Element.EnumerateObject())
        {
            var property = keyword.At(member.Name, member.Value);
            if (facts.Properties.TryGetValue(member.Name, out var known))
            {
                known.Add(property);
            }
            else if (isOwn)
            {
                facts.Properties.Add(member.Name, [property]);
            }
            else
            {
                throw property.Unsupported("a property beside additionalProperties of another schema that allOf or $ref brings in");
            }
        }
    }
}
