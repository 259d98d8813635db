using TaskServices.Inference.Decoding.Syntax;

namespace TaskServices.Inference.Decoding.JsonSchema;

/// <summary>The shortest and the longest match of a regex in characters; <see cref="Endless"/> stands for any large number.</summary>
internal static class RegexLength
{
    public const long Endless = int.MaxValue;

    public static (long Minimum, long Maximum) Of(Expression expression)
    {
        switch (expression)
        {
            case ClassExpression:
                return (1, 1);
            case SequenceExpression sequence:
                var parts = sequence.Items.Select(Of).ToArray();
                return (Cap(parts.Sum(part => part.Minimum)), Cap(parts.Sum(part => part.Maximum)));
            case ChoiceExpression choice:
                var alternatives = choice.Alternatives.Select(Of).ToArray();
                return (alternatives.Min(part => part.Minimum), alternatives.Max(part => part.Maximum));
            case RepeatExpression repeat:
                var (minimum, maximum) = Of(repeat.Item);
                return (Cap(minimum * repeat.Minimum), maximum == 0 ? 0 : Cap(maximum * (repeat.Maximum ?? Endless)));
            default:
                throw new InvalidOperationException($"A regex has no {expression.GetType().Name}.");
        }
    }

    private static long Cap(long length) => Math.Min(length, Endless);
}
