using System.Globalization;

namespace TaskServices.TextToSql.Sql.Parsing;

/// <summary>Which characters may stand where. What a person cannot tell apart from something else is refused outside strings.</summary>
internal static class SqlCharacters
{
    public static bool IsSpace(char c) => c is ' ' or '\t' or '\n' or '\r';

    public static bool IsDigit(char c) => c is >= '0' and <= '9';

    public static bool IsWordStart(char c) => char.IsAsciiLetter(c) || c is '_' || IsOtherLetter(c);

    public static bool IsWordPart(char c) => IsWordStart(c) || IsDigit(c) || c is '$';

    /// <summary>
    /// Letters beyond ASCII that are told apart at sight: accented Latin, and CJK. Not Cyrillic or Greek (look-alikes), and not
    /// the Latin letters that fold to ASCII ones (dotless i, long s).
    /// </summary>
    private static bool IsOtherLetter(char c) =>
        c is >= '\u00C0' and <= '\u017E' and not ('\u00D7' or '\u00F7' or '\u0130' or '\u0131' or '\u0138' or '\u0149')
        || c is >= '\u3041' and <= '\u3096' or >= '\u30A1' and <= '\u30FA' or >= '\u4E00' and <= '\u9FFF' or >= '\uAC00' and <= '\uD7A3';

    /// <summary>Gets whether a character in a comment or a quoted name cannot be seen, or looks like a plain space.</summary>
    public static bool IsInvisible(char c) =>
        c > '~' && char.GetUnicodeCategory(c) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.SpaceSeparator
            or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.OtherNotAssigned
            or UnicodeCategory.PrivateUse
            && c is not (' ' or '\t' or '\n' or '\r')
        || c is '\u115F' or '\u1160' or '\u3164' or '\uFFA0' or '\u034F' or '\u2800'
        || c is >= '\uFE00' and <= '\uFE0F';

    /// <summary>Gets whether a name mixes Latin letters with letters that look like them.</summary>
    public static bool MixesScripts(ReadOnlySpan<char> name)
    {
        var latin = false;
        var lookAlike = false;
        foreach (var c in name)
        {
            latin |= char.IsAsciiLetter(c);
            lookAlike |= c is >= '\u0370' and <= '\u058F' or >= '\u1D00' and <= '\u1DBF' or >= '\u13A0' and <= '\u13FF'
                or >= '\uFF01' and <= '\uFF5E' or '\u0131' or '\u017F' or '\u212A' or >= '\u0250' and <= '\u02AF' || char.IsSurrogate(c);
        }

        return latin && lookAlike;
    }
}
