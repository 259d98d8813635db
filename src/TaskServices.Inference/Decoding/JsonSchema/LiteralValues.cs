using System.Text.Json;

namespace TaskServices.Inference.Decoding.JsonSchema;

/// <summary>The values of <c>enum</c> and <c>const</c> that the keywords beside them allow.</summary>
internal static class LiteralValues
{
    /// <returns>As JSON texts, each once.</returns>
    public static List<string> Of(SchemaFacts facts)
    {
        if (facts.Pattern is { } pattern)
        {
            throw pattern.Unsupported("pattern beside enum or const; leave it out");
        }

        var composite = facts.Values!.FindAll(value => value.ValueKind is JsonValueKind.Object or JsonValueKind.Array);
        if (composite.Count > 0 && (facts.Described & (JsonTypes.Object | JsonTypes.Array)) != 0)
        {
            throw facts.Place.Unsupported("enum or const with objects or arrays beside keywords about them");
        }

        return [.. facts.Values.Where(value => IsAllowed(value, facts)).Select(JsonText.Write).Distinct(StringComparer.Ordinal)];
    }

    private static bool IsAllowed(JsonElement value, SchemaFacts facts) => value.ValueKind switch
    {
        JsonValueKind.Null => facts.Types.HasFlag(JsonTypes.Null),
        JsonValueKind.True or JsonValueKind.False => facts.Types.HasFlag(JsonTypes.Boolean),
        JsonValueKind.String => facts.Types.HasFlag(JsonTypes.String) && HasLength(value.GetString()!, facts),
        JsonValueKind.Number => IsInBounds(value, facts),
        JsonValueKind.Array => facts.Types.HasFlag(JsonTypes.Array),
        _ => facts.Types.HasFlag(JsonTypes.Object),
    };

    private static bool HasLength(string value, SchemaFacts facts)
    {
        var length = value.EnumerateRunes().Count();
        return length >= facts.MinimumLength && length <= (facts.MaximumLength ?? int.MaxValue);
    }

    private static bool IsInBounds(JsonElement value, SchemaFacts facts)
    {
        var bounds = facts.Bounds;
        if (!value.TryGetDecimal(out var number))
        {
            return bounds.Minimum is null && bounds.Maximum is null && facts.Types.HasFlag(JsonTypes.Number);
        }

        return (facts.Types.HasFlag(JsonTypes.Number) || (facts.Types.HasFlag(JsonTypes.Integer) && decimal.Truncate(number) == number))
            && (bounds.Minimum is null || number > bounds.Minimum || (number == bounds.Minimum && !bounds.ExcludesMinimum))
            && (bounds.Maximum is null || number < bounds.Maximum || (number == bounds.Maximum && !bounds.ExcludesMaximum));
    }
}
