using System.Text.Json;
using TaskServices.Inference.Decoding;
using TaskServices.Inference.Decoding.JsonSchema;

namespace TaskServices.Inference.Service.OpenAi;

/// <summary>Reads <c>response_format</c>: what the model may write becomes a grammar.</summary>
internal static class ResponseFormat
{
    private const int MaxNameLength = 64;

    private static readonly GrammarText AnyObject = new(JsonSchemaGrammar.Write("""{"type": "object"}"""));

    /// <returns>The grammar, or null for plain text.</returns>
    public static GrammarText? Read(RequestFields fields)
    {
        if (fields.Object("response_format") is not { } format)
            return null;
        var type = format.Text("type");
        var grammar = type switch
        {
            "text" => null,
            "json_object" => AnyObject,
            "json_schema" => ReadSchema(format),
            _ => throw OpenAiException.Invalid(
                "invalid_value", "response_format.type", "'response_format.type' must be text, json_object or json_schema."),
        };
        format.RefuseOthers();
        return grammar;
    }

    private static GrammarText ReadSchema(RequestFields format)
    {
        var description = format.Object("json_schema")
            ?? throw OpenAiException.Invalid("missing_required_parameter", "response_format.json_schema", "'response_format.json_schema' is required.");
        description.Text("name", MaxNameLength);
        description.Flag("strict"); // Every answer keeps to the schema, asked for or not.
        description.Ignore("description");
        var schema = description.Find("schema") is { ValueKind: JsonValueKind.Object or JsonValueKind.True } value
            ? value
            : throw OpenAiException.Invalid(
                "missing_required_parameter", "response_format.json_schema.schema", "'response_format.json_schema.schema' must be a JSON Schema.");
        description.RefuseOthers();
        try
        {
            return new GrammarText(JsonSchemaGrammar.Write(schema.GetRawText()));
        }
        catch (GrammarException exception)
        {
            throw OpenAiException.Invalid(exception.Reason, "response_format.json_schema.schema", exception.Message);
        }
    }
}
