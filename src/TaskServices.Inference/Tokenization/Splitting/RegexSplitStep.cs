using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace TaskServices.Inference.Tokenization.Splitting;

/// <summary>Splits the text at the matches of a regular expression for which no scanner is built.</summary>
/// <remarks>
/// .NET matches UTF-16 units, tokenizers match characters. Where a text holds characters beyond U+FFFF, the expression therefore runs over
/// a copy in which one character of the same Unicode category stands for each of them.
/// </remarks>
internal sealed class RegexSplitStep(Regex regex, EncodingStep next, SplitBehavior behavior, bool invert) : EncodingStep
{
    public override void Encode(ReadOnlySpan<char> text, bool atStart, ref TokenBuffer tokens)
    {
        var pieces = new PieceAssembler(text, atStart, behavior, invert, next);
        try
        {
            if (text.IndexOfAnyInRange('\uD800', '\uDFFF') < 0)
            {
                foreach (var match in regex.EnumerateMatches(text))
                    pieces.AddMatch(match.Index, match.Index + match.Length, ref tokens);
            }
            else
            {
                AddMatchesOfCopy(text, ref pieces, ref tokens);
            }
        }
        catch (RegexMatchTimeoutException e)
        {
            throw new InferenceException(
                "TOKENIZER_PATTERN_TOO_SLOW", $"the tokenizer's split pattern takes too long on this text: {regex}", e);
        }

        pieces.Complete(ref tokens);
    }

    private void AddMatchesOfCopy(ReadOnlySpan<char> text, ref PieceAssembler pieces, ref TokenBuffer tokens)
    {
        var copy = new char[text.Length];
        var offsets = new int[text.Length + 1];
        var count = 0;
        for (var position = 0; position < text.Length; count++)
        {
            Rune.DecodeFromUtf16(text[position..], out var rune, out var length);
            copy[count] = rune.IsBmp ? (char)rune.Value : StandIn(rune);
            offsets[count] = position;
            position += length;
        }

        offsets[count] = text.Length;
        foreach (var match in regex.EnumerateMatches(copy.AsSpan(0, count)))
            pieces.AddMatch(offsets[match.Index], offsets[match.Index + match.Length], ref tokens);
    }

    private static char StandIn(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.UppercaseLetter => '\u0186',
        UnicodeCategory.LowercaseLetter => '\u018D',
        UnicodeCategory.TitlecaseLetter => '\u01C5',
        UnicodeCategory.ModifierLetter => '\u02D0',
        UnicodeCategory.OtherLetter => '\u01BB',
        UnicodeCategory.NonSpacingMark => '\u0317',
        UnicodeCategory.SpacingCombiningMark => '\u0903',
        UnicodeCategory.EnclosingMark => '\u0488',
        UnicodeCategory.DecimalDigitNumber => '\u0660',
        UnicodeCategory.LetterNumber => '\u2180',
        UnicodeCategory.OtherNumber => '\u00BD',
        UnicodeCategory.ConnectorPunctuation => '\u203F',
        UnicodeCategory.DashPunctuation => '\u2015',
        UnicodeCategory.OtherPunctuation => '\u2020',
        UnicodeCategory.MathSymbol => '\u2200',
        UnicodeCategory.CurrencySymbol => '\u20A0',
        UnicodeCategory.ModifierSymbol => '\u02C2',
        UnicodeCategory.OtherSymbol => '\u2600',
        UnicodeCategory.Format => '\u2060',
        UnicodeCategory.PrivateUse => '\uE000',
        _ => '\u0378',
    };
}
