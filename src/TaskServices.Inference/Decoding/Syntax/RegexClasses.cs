using System.Text;

namespace TaskServices.Inference.Decoding.Syntax;

/// <summary>What the classes of a regex that are not spelled out hold.</summary>
/// <param name="Universe">The characters that negated classes choose from.</param>
internal sealed record RegexClasses(CodePointSet Dot, CodePointSet NotDigit, CodePointSet NotWord, CodePointSet NotSpace, CodePointSet Universe)
{
    private static readonly Lazy<RegexClasses> LazyPortable = new(CreatePortable);

    /// <summary>Gets those of the grammar language: <c>\d \w \s</c> are ASCII, and the complements hold everything else.</summary>
    public static RegexClasses Ascii { get; } = new(
        CodePointSet.AnyButLineFeed,
        CodePointSet.Digits.Complement(),
        CodePointSet.WordCharacters.Complement(),
        CodePointSet.Spaces.Complement(),
        CodePointSet.Of([(0, 0x10FFFF)]));

    /// <summary>
    /// Gets those that ECMAScript and .NET agree on, so that what is written matches whichever of them validates it: complements leave
    /// out the digits, letters and spaces of all scripts, and nothing negated reaches beyond the basic plane, where one of them counts
    /// two characters.
    /// </summary>
    public static RegexClasses Portable => LazyPortable.Value;

    private static RegexClasses CreatePortable()
    {
        var plane = CodePointSet.Of([(0, 0xFFFF)]);
        CodePointSet Without(Func<Rune, bool> isLeftOut) => plane.Except(CodePointSet.Of(
            Enumerable.Range(0, 0x10000).Where(value => Rune.IsValid(value) && isLeftOut(new Rune(value))).Select(value => (value, value))));
        return new(
            plane.Except(CodePointSet.Of([('\n', '\n'), ('\r', '\r'), (0x2028, 0x2029)])),
            Without(rune => Rune.IsDigit(rune)),
            Without(rune => Rune.IsLetterOrDigit(rune) || IsJoiner(rune)),
            Without(rune => Rune.IsWhiteSpace(rune) || rune.Value is 0xFEFF or 0x180E),
            plane);
    }

    private static bool IsJoiner(Rune rune) => rune.Value is 0x200C or 0x200D || Rune.GetUnicodeCategory(rune)
        is System.Globalization.UnicodeCategory.NonSpacingMark or System.Globalization.UnicodeCategory.SpacingCombiningMark
        or System.Globalization.UnicodeCategory.ConnectorPunctuation or System.Globalization.UnicodeCategory.LetterNumber;
}
