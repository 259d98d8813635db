using TaskServices.Inference.Decoding.Syntax;

namespace TaskServices.Inference.Decoding.JsonSchema;

/// <summary>Reads <c>pattern</c> and <c>format</c> and fits them to the lengths beside them.</summary>
internal static class StringPattern
{
    private static readonly Expression Anything = new RepeatExpression(new ClassExpression(JsonStringRegex.AnyCharacter), 0, null);

    /// <summary>Gets the regex that the whole string matches.</summary>
    public static Expression Read(SchemaFacts facts)
    {
        if (facts.Pattern is { } pattern && facts.Format is { } other)
        {
            throw other.Unsupported($"format beside pattern ({pattern.Pointer})");
        }

        var (keyword, text) = facts.Pattern is { } found
            ? (found, found.Text())
            : (facts.Format!.Value, $"^({StringFormats.Find(facts.Format.Value.Text()) ?? throw facts.Format.Value.Unsupported($"the format '{facts.Format.Value.Text()}'")})$");
        return Fit(Parse(keyword, text), facts, keyword);
    }

    private static Expression Parse(SchemaPlace keyword, string pattern)
    {
        IReadOnlyList<RegexAlternative> alternatives;
        try
        {
            var cursor = new TextCursor(RegexText.Escape(pattern) + "/");
            alternatives = RegexParser.ParseAlternatives(cursor, RegexClasses.Portable);
            if (!cursor.AtEnd)
            {
                throw cursor.Fail("the pattern ends early");
            }
        }
        catch (GrammarException exception)
        {
            throw keyword.Unsupported($"this pattern ({exception.Message[(exception.Message.IndexOf(", ", StringComparison.Ordinal) + 2)..]})");
        }

        // A pattern may match anywhere in the string: what is not anchored has anything around it.
        Expression[] bodies = [.. alternatives.Select(alternative => (alternative.HasStart, alternative.HasEnd) switch
        {
            (true, true) => alternative.Body,
            _ => new SequenceExpression(
                [.. alternative.HasStart ? [] : new[] { Anything }, alternative.Body, .. alternative.HasEnd ? [] : new[] { Anything }]),
        })];
        return bodies.Length == 1 ? bodies[0] : new ChoiceExpression(bodies);
    }

    private static Expression Fit(Expression regex, SchemaFacts facts, SchemaPlace keyword)
    {
        var (minimum, maximum) = RegexLength.Of(regex);
        var limit = facts.MaximumLength ?? int.MaxValue;
        if (minimum > limit || maximum < facts.MinimumLength)
        {
            throw keyword.Unsatisfiable("minLength and maxLength leave no string that matches");
        }

        if (minimum >= facts.MinimumLength && maximum <= limit)
        {
            return regex;
        }

        // [a-z]* with a length is [a-z]{m,n}.
        return Unwrap(regex) is RepeatExpression { Item: ClassExpression } repeat
            ? new RepeatExpression(
                repeat.Item,
                Math.Max(repeat.Minimum, facts.MinimumLength),
                repeat.Maximum is null && facts.MaximumLength is null ? null : Math.Min(repeat.Maximum ?? int.MaxValue, limit))
            : throw keyword.Unsupported("a pattern whose own lengths are not those of minLength and maxLength; write the lengths into the pattern");
    }

    private static Expression Unwrap(Expression regex) => regex is SequenceExpression { Items: [var only] } ? Unwrap(only) : regex;
}
