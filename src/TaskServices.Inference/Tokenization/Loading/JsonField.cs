using System.Text.Json;

namespace TaskServices.Inference.Tokenization.Loading;

/// <summary>A value in a JSON file that knows where it stands, so that errors name file and field.</summary>
/// <param name="File">The file.</param>
/// <param name="Path">The field, for example <c>model.vocab</c>.</param>
/// <param name="Value">The value.</param>
internal readonly record struct JsonField(string File, string Path, JsonElement Value)
{
    public bool IsNull => Value.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined;

    /// <summary>Gets a member; its <see cref="IsNull"/> is true where it is absent or this is null.</summary>
    public JsonField this[string name]
    {
        get
        {
            var path = Path.Length == 0 ? name : $"{Path}.{name}";
            if (IsNull)
                return new JsonField(File, path, default);
            Expect(JsonValueKind.Object, "an object");
            return new JsonField(File, path, Value.TryGetProperty(name, out var member) ? member : default);
        }
    }

    /// <summary>Gets the items of an array; none where it is absent.</summary>
    public IEnumerable<JsonField> Items()
    {
        if (IsNull)
            yield break;
        Expect(JsonValueKind.Array, "an array");
        var index = 0;
        foreach (var item in Value.EnumerateArray())
            yield return new JsonField(File, $"{Path}[{index++}]", item);
    }

    public string Text() => TextOrNull() ?? throw Invalid("missing; expected a string");

    public string? TextOrNull()
    {
        if (IsNull)
            return null;
        Expect(JsonValueKind.String, "a string");
        var value = Value;
        return TextOf(() => value.GetString()!);
    }

    public bool Flag(bool absent)
    {
        if (IsNull)
            return absent;
        return Value.ValueKind is JsonValueKind.True or JsonValueKind.False ? Value.GetBoolean() : throw Invalid("expected true or false");
    }

    public int Integer() => Value.ValueKind is JsonValueKind.Number && Value.TryGetInt32(out var number)
        ? number
        : throw Invalid("expected a whole number of at most 2,147,483,647");

    public JsonField Expect(JsonValueKind kind, string expected) =>
        Value.ValueKind == kind
            ? this
            : throw Invalid(IsNull ? $"missing; expected {expected}" : $"expected {expected}, found {Value.ValueKind}");

    /// <summary>Reads a member's name or a string, either of which may hold half a surrogate pair.</summary>
    public string TextOf(Func<string> read)
    {
        try
        {
            return read();
        }
        catch (InvalidOperationException e)
        {
            throw Invalid("holds text that is not Unicode", e);
        }
    }

    public InferenceException Invalid(string problem, Exception? cause = null) => TokenizerErrors.Invalid(File, Shown, problem, cause);

    public InferenceException Unsupported(string what) => TokenizerErrors.Unsupported(File, Shown, what);

    private string Shown => Path.Length == 0 ? "top level" : Path;
}
