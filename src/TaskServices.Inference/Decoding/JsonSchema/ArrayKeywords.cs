namespace TaskServices.Inference.Decoding.JsonSchema;

/// <summary>The keywords about arrays.</summary>
internal static class ArrayKeywords
{
    /// <returns>Whether the keyword is one of these.</returns>
    public static bool TryRead(string name, SchemaPlace keyword, SchemaPlace schema, SchemaFacts facts)
    {
        switch (name)
        {
            case "items":
                // It speaks of the items behind its own schema's prefixItems; two schemas that draw that line differently are not merged.
                var ownPrefix = schema.Element.TryGetProperty("prefixItems", out var prefix) ? prefix.GetArrayLength() : 0;
                if (ownPrefix == 0 && facts.FirstItems.Count > 0)
                {
                    throw keyword.Unsupported("items together with prefixItems of another schema");
                }

                facts.OtherItems = [.. facts.OtherItems ?? [], keyword];
                break;
            case "prefixItems":
                if (facts.FirstItems.Count > 0 || (facts.OtherItems is not null && !schema.Element.TryGetProperty("items", out _)))
                {
                    throw keyword.Unsupported("prefixItems together with items of another schema");
                }

                facts.FirstItems.AddRange(keyword.Items().Select(item => new List<SchemaPlace> { item }));
                break;
            case "minItems":
                facts.MinimumItems = Math.Max(facts.MinimumItems, keyword.Count());
                break;
            case "maxItems":
                facts.MaximumItems = Math.Min(facts.MaximumItems ?? int.MaxValue, keyword.Count());
                break;
            case "uniqueItems" when keyword.Element.ValueKind == System.Text.Json.JsonValueKind.False:
                break;
            default:
                return false;
        }

        facts.Describe(JsonTypes.Array);
        return true;
    }
}
