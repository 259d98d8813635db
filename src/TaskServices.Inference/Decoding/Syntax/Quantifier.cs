namespace TaskServices.Inference.Decoding.Syntax;

/// <summary>Reads <c>* + ? {m} {m,} {m,n}</c>, which rules and regexes share.</summary>
internal static class Quantifier
{
    private const int MaxCount = 100_000;

    public static Expression Apply(TextCursor cursor, Expression item)
    {
        var isRepeated = false;
        while (true)
        {
            var position = cursor.Position;
            var bounds = TryRead(cursor);
            if (bounds is null)
            {
                return item;
            }

            if (isRepeated)
            {
                throw cursor.Fail("a repetition cannot be repeated; put it in a group (...)", position);
            }

            item = new RepeatExpression(item, bounds.Value.Minimum, bounds.Value.Maximum);
            isRepeated = true;
        }
    }

    private static (int Minimum, int? Maximum)? TryRead(TextCursor cursor)
    {
        if (cursor.TryTake('*'))
        {
            return (0, null);
        }

        if (cursor.TryTake('+'))
        {
            return (1, null);
        }

        if (cursor.TryTake('?'))
        {
            return (0, 1);
        }

        var position = cursor.Position;
        if (!cursor.TryTake('{'))
        {
            return null;
        }

        var minimum = cursor.TryTakeNumber() ?? throw cursor.Fail("expected a number after {");
        int? maximum = minimum;
        if (cursor.TryTake(','))
        {
            maximum = cursor.TryTakeNumber();
        }

        if (!cursor.TryTake('}'))
        {
            throw cursor.Fail("expected } after the bounds of a repetition");
        }

        return minimum <= MaxCount && (maximum is null || (maximum <= MaxCount && maximum >= minimum && maximum > 0))
            ? (minimum, maximum)
            : throw cursor.Fail($"the bounds of a repetition must rise and lie in 0 to {MaxCount}", position);
    }
}
