using System.Text.Json;

namespace TaskServices.Inference.Decoding.JsonSchema;

/// <summary>Reads the keywords of schemas that hold at once into <see cref="SchemaFacts"/>.</summary>
internal sealed class SchemaReader(SchemaReferences references)
{
    private const int MaxHops = 64;

    /// <param name="chosen">Pointers of the <c>anyOf</c> and <c>oneOf</c> whose alternative is among the schemas already.</param>
    public SchemaFacts Read(IReadOnlyList<SchemaPlace> schemas, IReadOnlySet<string> chosen)
    {
        var facts = new SchemaFacts(schemas[0]);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var schema in schemas)
        {
            Read(schema, facts, chosen, seen, 0);
        }

        return facts;
    }

    private void Read(SchemaPlace schema, SchemaFacts facts, IReadOnlySet<string> chosen, HashSet<string> seen, int hops)
    {
        if (!seen.Add(schema.Pointer))
        {
            return;
        }

        if (hops > MaxHops)
        {
            throw schema.Unsupported($"a chain of more than {MaxHops} $ref and allOf");
        }

        if (schema.Element.ValueKind is JsonValueKind.True or JsonValueKind.False)
        {
            facts.SetTypes(schema.Element.ValueKind is JsonValueKind.True ? JsonTypes.All : JsonTypes.None);
            facts.HasType = schema.Element.ValueKind is JsonValueKind.False || facts.HasType;
            return;
        }

        if (schema.Element.ValueKind != JsonValueKind.Object)
        {
            throw schema.Invalid("a schema must be an object, true or false");
        }

        RefuseTwins(schema);
        ObjectKeywords.ReadAdditional(schema, facts);
        foreach (var keyword in schema.Members())
        {
            var name = keyword.Pointer[(keyword.Pointer.LastIndexOf('/') + 1)..];
            switch (name)
            {
                case "$ref":
                    var target = references.Resolve(keyword);
                    if (keyword.Pointer.StartsWith(target.Pointer + "/", StringComparison.Ordinal) && seen.Contains(target.Pointer))
                    {
                        throw keyword.Invalid("refers to the schema around it without a member or item between, so that it never ends");
                    }

                    Read(target, facts, chosen, seen, hops + 1);
                    break;
                case "allOf":
                    foreach (var part in NonEmpty(keyword))
                    {
                        Read(part, facts, chosen, seen, hops + 1);
                    }

                    break;
                case "anyOf" or "oneOf":
                    _ = NonEmpty(keyword);
                    if (!chosen.Contains(keyword.Pointer))
                    {
                        facts.Alternatives.Add(keyword);
                    }

                    break;
                default:
                    if (!ValueKeywords.TryRead(name, keyword, facts)
                        && !ArrayKeywords.TryRead(name, keyword, schema, facts)
                        && !ObjectKeywords.TryRead(name, keyword, facts)
                        && !IsAnnotation(name))
                    {
                        throw keyword.Unsupported($"the keyword '{(name.Length <= 60 ? name : name[..57] + "...")}'");
                    }

                    break;
            }
        }
    }

    private static List<SchemaPlace> NonEmpty(SchemaPlace keyword) =>
        keyword.Items() is { Count: > 0 } items ? items : throw keyword.Invalid("must hold at least one schema");

    private static void RefuseTwins(SchemaPlace schema)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var keyword in schema.Members())
        {
            if (!names.Add(keyword.Pointer))
            {
                throw keyword.Invalid("stands twice; remove one");
            }
        }
    }

    private static bool IsAnnotation(string name) => name
        is "$schema" or "$id" or "$comment" or "$defs" or "definitions" or "title" or "description" or "default" or "examples" or "deprecated"
        or "readOnly" or "writeOnly" or "contentEncoding" or "contentMediaType" or "contentSchema";
}
