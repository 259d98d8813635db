using System.Text.Json;

namespace TaskServices.Inference.Decoding.JsonSchema;

/// <summary>What several schemas that hold at once (<c>allOf</c>, a <c>$ref</c> and what stands beside it) say together.</summary>
internal sealed class SchemaFacts(SchemaPlace place)
{
    /// <summary>Gets where the first of the schemas stands, for messages.</summary>
    public SchemaPlace Place { get; } = place;

    public JsonTypes Types { get; set; } = JsonTypes.All;

    /// <summary>Gets the types that keywords speak about; where no <c>type</c> is given, values of other types are not written.</summary>
    public JsonTypes Described { get; set; }

    public bool HasType { get; set; }

    /// <summary>Gets the values that <c>enum</c> and <c>const</c> leave, or null.</summary>
    public List<JsonElement>? Values { get; set; }

    public NumberBounds Bounds { get; } = new();

    public int MinimumLength { get; set; }

    public int? MaximumLength { get; set; }

    public SchemaPlace? Pattern { get; set; }

    public SchemaPlace? Format { get; set; }

    public List<List<SchemaPlace>> FirstItems { get; } = [];

    /// <summary>Gets what the items behind <see cref="FirstItems"/> must be, or null where nothing says so.</summary>
    public List<SchemaPlace>? OtherItems { get; set; }

    public int MinimumItems { get; set; }

    public int? MaximumItems { get; set; }

    /// <summary>Gets the named members in the order in which the schemas name them.</summary>
    public OrderedDictionary<string, List<SchemaPlace>> Properties { get; } = new(StringComparer.Ordinal);

    public HashSet<string> Required { get; } = new(StringComparer.Ordinal);

    /// <summary>Gets what members that are not named must be, or null where nothing says so.</summary>
    public List<SchemaPlace>? OtherMembers { get; set; }

    /// <summary>Gets the alternatives that have not been chosen from yet, by the place of their keyword.</summary>
    public List<SchemaPlace> Alternatives { get; } = [];

    public void Describe(JsonTypes types) => Described |= types;

    public void SetTypes(JsonTypes types)
    {
        Types &= types;
        HasType = true;
    }
}
