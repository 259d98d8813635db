using System.Buffers;
using System.Collections.Frozen;

namespace TaskServices.TextToSql.Schema;

/// <summary>How table and column names are spelled in the prompt and in compact SQL.</summary>
/// <remarks>
/// Lower case; a name that is not <c>[a-z_][a-z0-9_]*</c>, or that is a keyword, stands in double quotes with inner quotes doubled.
/// </remarks>
public static class SchemaName
{
    /// <summary>Longer names are left out of the prompt: no real schema has them, and a hostile one must not fill the context.</summary>
    public const int MaxLength = 128;

    private static readonly SearchValues<char> PlainCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_");

    private static readonly FrozenSet<string> KeywordSet = FrozenSet.ToFrozenSet(
        [
            "add", "all", "alter", "and", "as", "asc", "between", "by", "case", "cast", "check", "collate", "constraint", "create", "cross",
            "default", "delete", "desc", "distinct", "drop", "else", "end", "escape", "except", "exists", "foreign", "from", "full", "group",
            "having", "in", "index", "inner", "insert", "intersect", "into", "is", "join", "left", "like", "limit", "natural", "not", "null",
            "offset", "on", "or", "order", "outer", "over", "primary", "references", "right", "select", "set", "table", "then", "to", "union",
            "unique", "update", "using", "values", "when", "where", "with",
        ],
        StringComparer.Ordinal);

    /// <summary>Gets the keywords that are quoted when they serve as names, in lower case.</summary>
    public static IReadOnlySet<string> Keywords => KeywordSet;

    /// <summary>Writes a name as compact SQL spells it.</summary>
    public static string Write(string name)
    {
#pragma warning disable CA1308 // Lower case is the format, not a normalisation for comparison.
        var lower = name.ToLowerInvariant();
#pragma warning restore CA1308
        var plain = lower.Length > 0 && !char.IsAsciiDigit(lower[0]) && !lower.AsSpan().ContainsAnyExcept(PlainCharacters);
        return plain && !KeywordSet.Contains(lower) ? lower : "\"" + lower.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";
    }

    /// <summary>Tells whether a name may stand in the prompt: neither empty nor overlong, and unable to end its line.</summary>
    public static bool IsWritable(string name) =>
        name.Length is > 0 and <= MaxLength && !name.Any(c => char.IsControl(c) || c is '\u2028' or '\u2029' || char.IsSurrogate(c));
}
