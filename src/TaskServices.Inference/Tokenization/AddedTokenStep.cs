using System.Globalization;
using System.Text;

namespace TaskServices.Inference.Tokenization;

/// <summary>Cuts added tokens out of the text and hands on what lies between them.</summary>
/// <remarks>Stripping and single words as in Hugging Face tokenizers, <c>added_vocabulary.rs</c>.</remarks>
internal sealed class AddedTokenStep(IReadOnlyCollection<AddedToken> addedTokens, EncodingStep next) : EncodingStep
{
    private readonly AddedTokenTrie _trie = new(addedTokens);

    public override void Encode(ReadOnlySpan<char> text, bool atStart, ref TokenBuffer tokens)
    {
        var done = 0;
        var from = 0;
        while (_trie.Find(text, from, tokens.ParseSpecialTokens, out var position) is { } token)
        {
            var end = position + token.Text.Length;
            from = end;
            if (token.SingleWord && (EndsInWord(text[..position]) || BeginsWithWord(text[end..])))
                continue;

            if (token.StripLeft && position > done)
                position = done + text[done..position].TrimEnd().Length;
            if (token.StripRight)
                end = text.Length - text[end..].TrimStart().Length;

            // White space that the token before swallowed can still be a token; then what is done ends with that one.
            EncodeBetween(text, done, position, atStart, ref tokens);
            tokens.Append(token.Id);
            done = end;
        }

        EncodeBetween(text, done, text.Length, atStart, ref tokens);
    }

    private void EncodeBetween(ReadOnlySpan<char> text, int start, int end, bool atStart, ref TokenBuffer tokens)
    {
        if (start < end)
            next.Encode(text[start..end], atStart && start == 0, ref tokens);
    }

    private static bool EndsInWord(ReadOnlySpan<char> text)
    {
        Rune.DecodeLastFromUtf16(text, out var rune, out var length);
        return length > 0 && IsWord(rune);
    }

    private static bool BeginsWithWord(ReadOnlySpan<char> text)
    {
        Rune.DecodeFromUtf16(text, out var rune, out var length);
        return length > 0 && IsWord(rune);
    }

    private static bool IsWord(Rune rune) => Rune.IsLetterOrDigit(rune) || Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.ConnectorPunctuation or UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;
}
