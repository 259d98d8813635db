using System.Text.Json;

namespace TaskServices.TextToSql.Configuration;

/// <summary>A value of a JSON file that knows its line and its path, so that a message can name both.</summary>
/// <param name="Line">Line in the file, from 1.</param>
/// <param name="Path">Names from the root, for example <c>databases.shop.url</c>.</param>
/// <param name="Members">Members of an object; null for other values.</param>
/// <param name="Items">Items of an array; null for other values.</param>
/// <param name="Text">Text of a string; null for other values.</param>
internal sealed record LocatedJson(
    int Line, string Path, JsonTokenType Kind, IReadOnlyDictionary<string, LocatedJson>? Members = null, IReadOnlyList<LocatedJson>? Items = null, string? Text = null)
{
    /// <exception cref="ConfigurationException">The text is no JSON, or has a member twice.</exception>
    public static LocatedJson Parse(string file, byte[] bytes)
    {
        var reader = new Utf8JsonReader(bytes, new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, MaxDepth = 16 });
        try
        {
            reader.Read();
            var root = Read(ref reader, file, bytes, "");
            return reader.Read() ? throw new ConfigurationException(file, LineAt(bytes, reader.TokenStartIndex), "", "one object is expected, and something follows it") : root;
        }
        catch (JsonException exception)
        {
            throw new ConfigurationException(file, (int)(exception.LineNumber ?? 0) + 1, "", "this is not JSON: a comma, quote or bracket is missing or too much", exception);
        }
    }

    private static LocatedJson Read(ref Utf8JsonReader reader, string file, byte[] bytes, string path)
    {
        var line = LineAt(bytes, reader.TokenStartIndex);
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                var members = new Dictionary<string, LocatedJson>();
                while (reader.Read() && reader.TokenType is not JsonTokenType.EndObject)
                {
                    var name = reader.GetString()!;
                    var at = path.Length is 0 ? name : path + "." + name;
                    var nameLine = LineAt(bytes, reader.TokenStartIndex);
                    reader.Read();
                    if (!members.TryAdd(name, Read(ref reader, file, bytes, at)))
                        throw new ConfigurationException(file, nameLine, at, "this stands here twice");
                }

                return new(line, path, JsonTokenType.StartObject, Members: members);
            case JsonTokenType.StartArray:
                var items = new List<LocatedJson>();
                while (reader.Read() && reader.TokenType is not JsonTokenType.EndArray)
                    items.Add(Read(ref reader, file, bytes, FormattableString.Invariant($"{path}[{items.Count}]")));
                return new(line, path, JsonTokenType.StartArray, Items: items);
            case JsonTokenType.String:
                return new(line, path, JsonTokenType.String, Text: reader.GetString());
            default:
                return new(line, path, reader.TokenType);
        }
    }

    private static int LineAt(byte[] bytes, long offset) => bytes.AsSpan(0, (int)offset).Count((byte)'\n') + 1;
}

/// <summary>A configuration file that cannot be used. The message names file, line and field.</summary>
internal sealed class ConfigurationException(string file, int line, string field, string problem, Exception? innerException = null)
    : TextToSqlException("CONFIG_INVALID", FormattableString.Invariant($"{file}, line {line}{(field.Length is 0 ? "" : ", " + field)}: {problem}."), innerException);
