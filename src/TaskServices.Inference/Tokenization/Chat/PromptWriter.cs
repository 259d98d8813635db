using System.Text;

namespace TaskServices.Inference.Tokenization.Chat;

/// <summary>Writes marks, whose control tokens become tokens, and messages, in which nothing does.</summary>
/// <param name="tokenizer">The model's tokenizer.</param>
/// <param name="syntax">The format, which names the control tokens.</param>
/// <param name="source">The file to name in errors.</param>
internal sealed class PromptWriter(ITokenizer tokenizer, ChatSyntax syntax, string source)
{
    private readonly List<int> _tokenIds = [];

    /// <summary>Text since the last control token: encoded as one, because merges may cross from marks into messages.</summary>
    private readonly StringBuilder _text = new();

    /// <summary>Writes text of the format.</summary>
    public void WriteMarks(string marks)
    {
        while (NextControlToken(marks) is var (position, token))
        {
            _text.Append(marks, 0, position);
            Flush();
            _tokenIds.Add(tokenizer.FindControlToken(token) ?? throw ChatFormat.Unsupported(
                source, $"the chat format {syntax.Name} needs the control token '{token}', which the tokenizer lacks"));
            marks = marks[(position + token.Length)..];
        }

        _text.Append(marks);
    }

    /// <summary>Writes text of a message.</summary>
    public void WriteText(string text) => _text.Append(text);

    /// <summary>Gets the prompt, with the BOS token in front where the model uses one.</summary>
    public int[] ToTokens()
    {
        Flush();
        return tokenizer.BosTokenId is { } bos && (_tokenIds.Count == 0 || _tokenIds[0] != bos) ? [bos, .. _tokenIds] : [.. _tokenIds];
    }

    private (int Position, string Token)? NextControlToken(string marks)
    {
        (int Position, string Token)? next = null;
        foreach (var token in syntax.ControlTokens)
        {
            var position = marks.IndexOf(token, StringComparison.Ordinal);
            if (position >= 0 && !(next?.Position <= position))
                next = (position, token);
        }

        return next;
    }

    private void Flush()
    {
        var text = _text.ToString();
        _tokenIds.AddRange(_tokenIds.Count > 0 ? tokenizer.EncodeAfterControlToken(text) : tokenizer.Encode(text));
        _text.Clear();
    }
}
