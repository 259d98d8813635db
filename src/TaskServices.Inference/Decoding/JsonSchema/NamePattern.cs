using TaskServices.Inference.Decoding.Syntax;

namespace TaskServices.Inference.Decoding.JsonSchema;

/// <summary>The regex of all strings but some: names of members that a schema does not name itself.</summary>
internal static class NamePattern
{
    private static readonly Expression Anything = new RepeatExpression(new ClassExpression(JsonStringRegex.AnyCharacter), 0, null);

    public static Expression AnyBut(IEnumerable<string> names) =>
        AnyBut([.. names.Select(name => name.EnumerateRunes().Select(rune => rune.Value).ToArray())], 0);

    private static ChoiceExpression AnyBut(List<int[]> names, int depth)
    {
        var alternatives = new List<Expression>();
        if (!names.Exists(name => name.Length == depth))
        {
            alternatives.Add(new SequenceExpression([]));
        }

        var branches = names.Where(name => name.Length > depth).GroupBy(name => name[depth]).ToArray();
        alternatives.AddRange(branches.Select(branch => new SequenceExpression([Single(branch.Key), AnyBut([.. branch], depth + 1)])));
        var others = JsonStringRegex.AnyCharacter.Except(CodePointSet.Of(branches.Select(branch => (branch.Key, branch.Key))));
        alternatives.Add(new SequenceExpression([new ClassExpression(others), Anything]));
        return new ChoiceExpression(alternatives);
    }

    private static ClassExpression Single(int codePoint) => new(CodePointSet.Of([(codePoint, codePoint)]));
}
