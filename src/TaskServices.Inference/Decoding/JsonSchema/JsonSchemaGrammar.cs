using System.Text.Json;

namespace TaskServices.Inference.Decoding.JsonSchema;

/// <summary>Writes the grammar of the JSON texts that a JSON Schema (2020-12, a subset; see <c>docs/grammar.md</c>) describes.</summary>
/// <remarks>
/// Every sentence of the grammar validates against the schema; not every valid text is a sentence: there is no white space, the members
/// of an object come in the order of the schema, members that the schema does not name are only written where it says so, and
/// <c>oneOf</c> is read as <c>anyOf</c>. A keyword that is not known is refused, never passed over.
/// </remarks>
public static class JsonSchemaGrammar
{
    internal const int MaxTextLength = 1_000_000;
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 100 };

    /// <summary>Writes the grammar; <see cref="Grammar.Parse"/> compiles it.</summary>
    /// <param name="schema">The schema as JSON text, at most 1,000,000 characters.</param>
    /// <exception cref="GrammarException">
    /// JSON_SCHEMA_INVALID: not JSON, or a keyword with a value that it cannot have. JSON_SCHEMA_UNSUPPORTED: a keyword outside the
    /// subset, or too large. JSON_SCHEMA_UNSATISFIABLE: no text is valid. All name the place as a JSON pointer.
    /// </exception>
    public static string Write(string schema)
    {
        ArgumentNullException.ThrowIfNull(schema);
        if (schema.Length > MaxTextLength)
        {
            throw new GrammarException("JSON_SCHEMA_UNSUPPORTED", $"The JSON Schema has {schema.Length} characters; at most {MaxTextLength} are taken.");
        }

        try
        {
            using var document = JsonDocument.Parse(schema, Strict);
            return new SchemaWriter(document.RootElement).Write();
        }
        catch (JsonException exception)
        {
            throw new GrammarException(
                "JSON_SCHEMA_INVALID",
                $"The JSON Schema is not JSON (line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}); correct it there.");
        }
    }
}
