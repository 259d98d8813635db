using System.Text;
using TaskServices.Inference.Scheduling;
using TaskServices.Inference.Tokenization;

namespace TaskServices.Inference.Service.OpenAi;

/// <summary>One token of a choice with its place in the choice's text.</summary>
internal sealed record ChoiceToken(string Text, byte[] Bytes, double LogProbability, int TextOffset);

/// <summary>Turns a choice's tokens into text up to a stop sequence, with the tokens that the text is made of. Serves one choice.</summary>
internal sealed class ChoiceText(ITokenizer tokenizer, IReadOnlyList<string> stopSequences)
{
    private readonly StreamingDecoder _decoder = new(tokenizer);
    private readonly StopSequenceFilter _filter = new(stopSequences);
    private readonly Queue<ChoiceToken> _held = new();
    private int _decodedLength;
    private int _passedLength;

    public bool IsStopped => _filter.IsStopped;

    /// <summary>Adds a token and gets the text that is now certain.</summary>
    public string Add(CompletionToken token)
    {
        var bytes = tokenizer.GetTokenBytes(token.Id).ToArray();
        _held.Enqueue(new ChoiceToken(Encoding.UTF8.GetString(bytes), bytes, token.LogProbability, _decodedLength));
        var piece = _decoder.Append(token.Id);
        _decodedLength += piece.Length;
        return Pass(_filter.Add(piece));
    }

    /// <summary>Ends the choice and gets what was held back.</summary>
    public string Complete()
    {
        var rest = _filter.Add(_decoder.Complete());
        return Pass(_filter.IsStopped ? rest : rest + _filter.Complete());
    }

    /// <summary>Takes the tokens of the text that has passed.</summary>
    /// <param name="isLast">Whether the choice has ended, so that tokens without text of their own are due too.</param>
    public IReadOnlyList<ChoiceToken> TakeTokens(bool isLast)
    {
        var taken = new List<ChoiceToken>();
        while (_held.TryPeek(out var token) && (token.TextOffset < _passedLength || (isLast && !IsStopped)))
            taken.Add(_held.Dequeue());
        return taken;
    }

    private string Pass(string text)
    {
        _passedLength += text.Length;
        return text;
    }
}
