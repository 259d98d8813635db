using System.Text.Json;

namespace TaskServices.Inference.Decoding.JsonSchema;

/// <summary>The keywords about types, values, numbers and strings.</summary>
internal static class ValueKeywords
{
    /// <returns>Whether the keyword is one of these.</returns>
    public static bool TryRead(string name, SchemaPlace keyword, SchemaFacts facts)
    {
        switch (name)
        {
            case "type":
                facts.SetTypes(ReadTypes(keyword));
                return true;
            case "enum":
                _ = keyword.Items();
                Narrow(facts, [.. keyword.Element.EnumerateArray()]);
                return true;
            case "const":
                Narrow(facts, [keyword.Element]);
                return true;
            case "minimum" or "exclusiveMinimum":
                facts.Describe(JsonTypes.Number);
                facts.Bounds.RaiseMinimum(keyword.Number(), name == "exclusiveMinimum");
                return true;
            case "maximum" or "exclusiveMaximum":
                facts.Describe(JsonTypes.Number);
                facts.Bounds.LowerMaximum(keyword.Number(), name == "exclusiveMaximum");
                return true;
            case "minLength":
                facts.Describe(JsonTypes.String);
                facts.MinimumLength = Math.Max(facts.MinimumLength, keyword.Count());
                return true;
            case "maxLength":
                facts.Describe(JsonTypes.String);
                facts.MaximumLength = Math.Min(facts.MaximumLength ?? int.MaxValue, keyword.Count());
                return true;
            case "pattern":
                facts.Describe(JsonTypes.String);
                facts.Pattern = Single(facts.Pattern, keyword);
                return true;
            case "format":
                facts.Describe(JsonTypes.String);
                facts.Format = Single(facts.Format, keyword);
                return true;
            default:
                return false;
        }
    }

    private static JsonTypes ReadTypes(SchemaPlace keyword)
    {
        if (keyword.Element.ValueKind == JsonValueKind.Array)
        {
            return keyword.Items() is { Count: > 0 } items
                ? items.Aggregate(JsonTypes.None, (types, item) => types | ReadType(item))
                : throw keyword.Invalid("must hold at least one type");
        }

        return ReadType(keyword);
    }

    private static JsonTypes ReadType(SchemaPlace name) => name.Text() switch
    {
        "null" => JsonTypes.Null,
        "boolean" => JsonTypes.Boolean,
        "integer" => JsonTypes.Integer,
        "number" => JsonTypes.Number,
        "string" => JsonTypes.String,
        "array" => JsonTypes.Array,
        "object" => JsonTypes.Object,
        _ => throw name.Invalid("must be one of null, boolean, integer, number, string, array, object"),
    };

    private static void Narrow(SchemaFacts facts, List<JsonElement> values) =>
        facts.Values = facts.Values is null ? values : [.. facts.Values.Where(known => values.Exists(value => JsonElement.DeepEquals(known, value)))];

    private static SchemaPlace Single(SchemaPlace? known, SchemaPlace keyword) =>
        known is null || known.Value.Text() == keyword.Text() ? keyword : throw keyword.Unsupported("a second pattern or format for the same value");
}
