using TaskServices.TextToSql.Generation.Selection;
using TaskServices.TextToSql.Linking;
using TaskServices.TextToSql.Sql.Ast;

namespace TaskServices.TextToSql.Knowledge;

/// <summary>Writes the query of a question out of a verified one that differs from it only in its values.</summary>
internal static class VerifiedReuse
{
    /// <summary>Puts the asked question's values in place of the verified question's.</summary>
    /// <param name="query">The verified query, parsed.</param>
    /// <returns>
    /// The query; null where the questions differ in more than values, or where it is not certain which literal a value stands for: it must
    /// be in the query under the same value, and the new one must be stored in a column that stores the old one.
    /// </returns>
    public static Query? TryWrite(Query query, QuestionTemplate verified, QuestionTemplate asked)
    {
        if (verified.Words != asked.Words || verified.Slots.Count != asked.Slots.Count)
            return null;
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        var numbers = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (old, now) in verified.Slots.Zip(asked.Slots))
        {
            if (old.Text.Equals(now.Text, StringComparison.OrdinalIgnoreCase))
                continue;
            if ((old.Value is null) != (now.Value is null) || !TryNote(old, now, texts, numbers))
                return null;
        }

        var writer = new Writer(texts, numbers);
        var written = writer.Rewrite(query);
        return writer.UsedCount == texts.Count + numbers.Count ? written : null;
    }

    private static bool TryNote(QuestionTemplate.Slot old, QuestionTemplate.Slot now, Dictionary<string, string> texts, Dictionary<string, string> numbers)
    {
        if (old.Value is null)
            return numbers.TryAdd(QuestionCues.Normalise(old.Text), now.Text.Replace(",", "", StringComparison.Ordinal));
        var pair = old.Value.Values.Join(
            now.Value!.Values, Column, Column, (before, after) => (Before: before.Text, After: after.Text), StringComparer.OrdinalIgnoreCase).FirstOrDefault();
        return pair.Before is not null && texts.TryAdd(pair.Before, pair.After);
    }

    private static string Column(StoredValue value) => value.Table + "\0" + value.Column;

    private sealed class Writer(Dictionary<string, string> texts, Dictionary<string, string> numbers) : SqlRewriter
    {
        private readonly HashSet<string> _used = new(StringComparer.Ordinal);

        public int UsedCount => _used.Count;

        public override Expression Rewrite(Expression expression)
        {
            switch (expression)
            {
                case StringLiteral text when texts.TryGetValue(text.Value, out var value):
                    _used.Add("'" + text.Value);
                    return text with { Value = value };
                case NumberLiteral number when numbers.TryGetValue(QuestionCues.Normalise(number.Text), out var value):
                    _used.Add(QuestionCues.Normalise(number.Text));
                    return number with { Text = value };
                default:
                    return base.Rewrite(expression);
            }
        }
    }
}
