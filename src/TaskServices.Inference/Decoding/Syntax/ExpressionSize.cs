namespace TaskServices.Inference.Decoding.Syntax;

/// <summary>Counts the automaton nodes that an expression needs, about; what calls something is larger than any bound.</summary>
internal static class ExpressionSize
{
    private const long TooLarge = int.MaxValue;

    public static long Of(Expression expression) => expression switch
    {
        LiteralExpression literal => literal.Bytes.Length,
        ClassExpression characters => characters.Set.Ranges is [.., { High: > 0x7F }] ? 8 : 1,
        SequenceExpression sequence => Sum(sequence.Items),
        ChoiceExpression choice => Sum(choice.Alternatives),
        RepeatExpression repeat => Math.Min(TooLarge, (Of(repeat.Item) + 1) * (repeat.Maximum ?? repeat.Minimum + 1L)),
        LiteralSetExpression set when Grammar.IsSmall(set) => set.Literals.Sum(literal => (long)literal.Length),
        _ => TooLarge,
    };

    private static long Sum(IReadOnlyList<Expression> parts)
    {
        long sum = 0;
        for (var i = 0; i < parts.Count && sum < TooLarge; i++)
        {
            sum += Of(parts[i]);
        }

        return Math.Min(TooLarge, sum);
    }
}
