namespace TaskServices.Inference.Decoding.JsonSchema;

/// <summary>Writes the expression of an array.</summary>
internal sealed class ArrayRules(SchemaWriter writer, JsonRules rules)
{
    private const int MaxFirstItems = 100;
    private const int MaxCount = 100_000;

    public string Write(SchemaFacts facts)
    {
        var first = facts.FirstItems.Count;
        if (facts.MinimumItems > (facts.MaximumItems ?? int.MaxValue))
        {
            throw facts.Place.Unsatisfiable("minItems is greater than maxItems");
        }

        if (first > MaxFirstItems || facts.MinimumItems > MaxCount)
        {
            throw facts.Place.Unsupported($"an array with more than {MaxFirstItems} prefixItems or a minItems above {MaxCount}");
        }

        // Items that nothing describes are left out where the schema describes others and does not ask for more.
        var hasOthers = facts.OtherItems is null ? first == 0 || facts.MinimumItems > first : !writer.IsEmpty(facts.OtherItems);
        if (!hasOthers && facts.MinimumItems > first)
        {
            throw facts.Place.Unsatisfiable("minItems asks for more items than there may be");
        }

        var limit = Math.Min(facts.MaximumItems ?? int.MaxValue, hasOthers ? int.MaxValue : first);
        var other = hasOthers && limit > first ? facts.OtherItems is null ? rules.Value : writer.RuleOf(facts.OtherItems) : null;
        var items = first == 0 ? Repeated(other, facts.MinimumItems, limit) : FromFirst(facts, other, limit);
        return $"\"[\" {items}\"]\"";
    }

    private static string Repeated(string? item, int minimum, int limit)
    {
        if (item is null)
        {
            return string.Empty;
        }

        int? more = limit == int.MaxValue ? null : Math.Min(limit, MaxCount) - 1;
        var list = more == 0 ? item : $"{item} (\",\" {item}){JsonStringRegex.Bounds(Math.Max(minimum - 1, 0), more)}";
        return minimum == 0 ? $"({list})? " : list + " ";
    }

    private string FromFirst(SchemaFacts facts, string? other, int limit)
    {
        var count = Math.Min(facts.FirstItems.Count, limit);
        int? more = limit == int.MaxValue ? null : Math.Min(limit, MaxCount) - count;
        var tail = other is null || more == 0 ? string.Empty : $"(\",\" {other}){JsonStringRegex.Bounds(Math.Max(facts.MinimumItems - count, 0), more)} ";
        for (var i = count - 1; i >= 0; i--)
        {
            var item = $"{(i == 0 ? string.Empty : "\",\" ")}{writer.RuleOf(facts.FirstItems[i])} {tail}";
            tail = i < facts.MinimumItems ? item : $"({item})? ";
        }

        return tail;
    }
}
