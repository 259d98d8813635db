namespace TaskServices.Inference.Decoding.JsonSchema;

/// <summary>Writes the expression of an object: its members in the order of the schema, then others where it says so.</summary>
internal sealed class ObjectRules(SchemaWriter writer, JsonRules rules)
{
    private const int MaxNameLength = 90;

    public string Write(SchemaFacts facts)
    {
        var mayHaveOthers = facts.OtherMembers is null || !writer.IsEmpty(facts.OtherMembers);
        foreach (var name in facts.Required.Where(name => !facts.Properties.ContainsKey(name)).Order(StringComparer.Ordinal).ToArray())
        {
            facts.Properties.Add(name, mayHaveOthers ? facts.OtherMembers ?? [] : throw facts.Place.Unsatisfiable($"'{name}' is required and not allowed"));
        }

        var members = new List<Member>();
        foreach (var (name, schemas) in facts.Properties)
        {
            var isRequired = facts.Required.Contains(name);
            if (schemas.Count == 0 || !writer.IsEmpty(schemas))
            {
                var value = schemas.Count == 0 ? rules.Value : writer.RuleOf(schemas);
                members.Add(new Member($"{Grammar.Quote($"{JsonText.Quote(name)}:")} {value}", isRequired));
            }
            else if (isRequired)
            {
                throw schemas[0].Unsatisfiable("the member is required");
            }
        }

        if (mayHaveOthers && (facts.OtherMembers is not null || facts.Properties.Count == 0))
        {
            members.Add(new Member(Other(facts), false) { IsRepeated = true });
        }

        return members.Count == 0 ? "\"{}\"" : $"\"{{\" {Members(members)} \"}}\"";
    }

    private static string Members(List<Member> members)
    {
        var required = members.FindIndex(member => member.IsRequired);
        return required < 0
            ? $"({Head(members, 0, members.Count)})?"
            : string.Join(' ', members[..required].Select(member => $"({member.Text} \",\")?")) + $" {members[required].Text}{Tail(members, required + 1, members.Count)}";
    }

    /// <summary>At least one of the members, none of which is required; halves keep the text short where there are many.</summary>
    private static string Head(List<Member> members, int begin, int end)
    {
        if (end - begin == 1)
        {
            return members[begin].Text + (members[begin].IsRepeated ? $" (\",\" {members[begin].Text})*" : string.Empty);
        }

        var middle = (begin + end) / 2;
        return $"(({Head(members, begin, middle)}){Tail(members, middle, end)} | {Head(members, middle, end)})";
    }

    /// <summary>Any of the members behind another one.</summary>
    private static string Tail(List<Member> members, int begin, int end) => string.Concat(members[begin..end].Select(
        member => member.IsRequired ? $" \",\" {member.Text}" : $" (\",\" {member.Text}){(member.IsRepeated ? "*" : "?")}"));

    private string Other(SchemaFacts facts)
    {
        if (facts.Properties.Keys.Any(name => name.Length > MaxNameLength))
        {
            throw facts.Place.Unsupported($"additionalProperties beside a property with a name of more than {MaxNameLength} characters");
        }

        var name = facts.Properties.Count == 0 ? rules.AnyString : rules.String("json-name", NamePattern.AnyBut(facts.Properties.Keys));
        return $"{name} \":\" {(facts.OtherMembers is null ? rules.Value : writer.RuleOf(facts.OtherMembers))}";
    }

    private sealed record Member(string Text, bool IsRequired)
    {
        public bool IsRepeated { get; init; }
    }
}
