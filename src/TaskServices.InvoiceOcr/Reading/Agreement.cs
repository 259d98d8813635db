namespace TaskServices.InvoiceOcr.Reading;

/// <summary>Lays a second reading beside the first, character by character (Wagner and Fischer 1974), blanks aside: readers differ in them all the time.</summary>
internal static class Agreement
{
    /// <summary>Returns the first line with what the second reader says of each of its characters.</summary>
    /// <param name="second">The other reader's line, or null where it saw nothing.</param>
    /// <param name="reader">The other reader's name.</param>
    public static TextLine Note(TextLine first, TextLine? second, string reader)
    {
        var readings = first.Characters.Count == first.Text.Length
            ? first.Characters.ToArray()
            : [.. Enumerable.Repeat(new CharacterReading((float)first.Confidence, []), first.Text.Length)];
        var ours = PlacesOf(first.Text);
        var theirs = second is null ? [] : PlacesOf(second.Text);
        var (i, j) = (ours.Length, theirs.Length);
        var costs = Costs(first.Text, ours, second?.Text ?? "", theirs);
        while (i > 0)
        {
            var place = ours[i - 1];
            if (j > 0 && costs[i, j] == costs[i - 1, j - 1] + (first.Text[place] == second!.Text[theirs[j - 1]] ? 0 : 1))
            {
                // One character more behind this one has been noted already.
                var agreement = readings[place].Agreement == ReaderAgreement.Differs ? ReaderAgreement.Differs : ReaderAgreement.Agrees;
                readings[place] = first.Text[place] == second.Text[theirs[j - 1]]
                    ? readings[place] with { Agreement = agreement }
                    : Differs(readings[place], second.Text[theirs[j - 1]].ToString(), ProbabilityAt(second, theirs[j - 1]));
                (i, j) = (i - 1, j - 1);
            }
            else if (costs[i, j] == costs[i - 1, j] + 1)
            {
                readings[place] = Differs(readings[place], "", second is null ? 0 : (float)second.Confidence);
                i--;
            }
            else
            {
                // The other reader sees one more character here: perhaps the point that makes 100 of 1.00.
                readings[place] = Differs(readings[place], $"{first.Text[place]}{second!.Text[theirs[j - 1]]}", ProbabilityAt(second, theirs[j - 1]));
                j--;
            }
        }

        return first.With(readings, second is null ? new SecondReading(reader, "", 0) : new SecondReading(reader, second.Text, second.Confidence));
    }

    private static int[] PlacesOf(string text) => [.. Enumerable.Range(0, text.Length).Where(index => !char.IsWhiteSpace(text[index]))];

    private static float ProbabilityAt(TextLine line, int place) =>
        line.Characters.Count == line.Text.Length ? line.Characters[place].Probability : (float)line.Confidence;

    private static CharacterReading Differs(CharacterReading reading, string other, float probability)
    {
        var alternatives = reading.Alternatives.Any(alternative => alternative.Text == other)
            ? reading.Alternatives
            : [.. reading.Alternatives.Append(new CharacterAlternative(other, probability)).OrderByDescending(alternative => alternative.Probability)];
        return reading with { Agreement = ReaderAgreement.Differs, Alternatives = alternatives };
    }

    private static int[,] Costs(string first, int[] ours, string second, int[] theirs)
    {
        var costs = new int[ours.Length + 1, theirs.Length + 1];
        for (var i = 0; i <= ours.Length; i++)
        {
            for (var j = 0; j <= theirs.Length; j++)
            {
                costs[i, j] = (i, j) switch
                {
                    (0, _) => j,
                    (_, 0) => i,
                    _ => Math.Min(
                        Math.Min(costs[i - 1, j], costs[i, j - 1]) + 1,
                        costs[i - 1, j - 1] + (first[ours[i - 1]] == second[theirs[j - 1]] ? 0 : 1)),
                };
            }
        }

        return costs;
    }
}
