using System.Numerics.Tensors;

namespace TaskServices.InvoiceOcr.Reading.PpOcr;

/// <summary>One decoded character.</summary>
/// <param name="Text">The character, one or two UTF-16 units.</param>
/// <param name="Step">The step at which it is surest.</param>
/// <param name="Reading">Its probability and what else it may be.</param>
internal readonly record struct DecodedCharacter(string Text, int Step, CharacterReading Reading);

/// <summary>A decoded line.</summary>
/// <param name="Characters">The characters from left to right.</param>
/// <param name="Score">The mean probability, as the reference pipeline counts it: each character at its first step.</param>
internal sealed record DecodedLine(IReadOnlyList<DecodedCharacter> Characters, double Score);

/// <summary>
/// Greedy decoding of connectionist temporal classification (Graves et al. 2006): the best class of each step, repetitions and blanks taken out.
/// What came second stays as alternatives, so that a doubtful digit can be checked against sums and checksums later.
/// </summary>
internal sealed class CtcDecoder(CharacterSet characters)
{
    private const int MaximumAlternatives = 4;

    private const float MinimumAlternative = 0.01f;

    // A character that lost to the blank: a dropped decimal point is the dearest error there is.
    private const float MinimumInsertion = 0.05f;

    /// <summary>Decodes one line.</summary>
    /// <param name="probabilities">Steps × classes.</param>
    /// <param name="stepCount">Steps that lie on the line itself; what follows is padding and is read too, as the reference pipeline does.</param>
    public DecodedLine Decode(ReadOnlySpan<float> probabilities, int stepCount)
    {
        var decoded = new List<DecodedCharacter>();
        var (scoreSum, previous) = (0.0, CharacterSet.Blank);
        var (peak, peakStep, runClass) = (0f, 0, CharacterSet.Blank);
        for (var step = 0; step <= stepCount; step++)
        {
            var best = step == stepCount ? CharacterSet.Blank : TensorPrimitives.IndexOfMax(RowOf(probabilities, step));
            if (best != previous || step == stepCount)
            {
                if (runClass != CharacterSet.Blank)
                {
                    decoded.Add(ToCharacter(RowOf(probabilities, peakStep), runClass, peakStep));
                }

                (runClass, peak) = (best, 0);
                if (best != CharacterSet.Blank)
                {
                    scoreSum += RowOf(probabilities, step)[best];
                }
            }

            if (step < stepCount && best == CharacterSet.Blank)
            {
                AddLostCharacter(decoded, RowOf(probabilities, step));
            }
            else if (step < stepCount && RowOf(probabilities, step)[best] > peak)
            {
                (peak, peakStep) = (RowOf(probabilities, step)[best], step);
            }

            previous = best;
        }

        return new DecodedLine(decoded, decoded.Count == 0 ? 0 : scoreSum / decoded.Count);
    }

    private ReadOnlySpan<float> RowOf(ReadOnlySpan<float> probabilities, int step) => probabilities.Slice(step * characters.Count, characters.Count);

    private DecodedCharacter ToCharacter(ReadOnlySpan<float> row, int chosen, int step)
    {
        var probability = Math.Clamp(row[chosen], 0, 1);
        if (1 - probability < MinimumAlternative)
        {
            return new(characters[chosen], step, new CharacterReading(probability, []));
        }

        var rest = row.ToArray();
        rest[chosen] = 0;
        var alternatives = new List<CharacterAlternative>();
        while (alternatives.Count < MaximumAlternatives)
        {
            var next = TensorPrimitives.IndexOfMax(rest);
            if (rest[next] < MinimumAlternative)
            {
                break;
            }

            alternatives.Add(new(characters[next], rest[next]));
            rest[next] = 0;
        }

        return new(characters[chosen], step, new CharacterReading(probability, alternatives));
    }

    /// <summary>Notes, as another reading of the character before it, a character that stood here with a probability worth knowing.</summary>
    private void AddLostCharacter(List<DecodedCharacter> decoded, ReadOnlySpan<float> row)
    {
        if (decoded.Count == 0 || 1 - row[CharacterSet.Blank] < MinimumInsertion)
        {
            return;
        }

        var lost = 1 + TensorPrimitives.IndexOfMax(row[1..]);
        var last = decoded[^1];
        var text = last.Text + characters[lost];
        // The shoulder of the last character itself is no second one.
        if (row[lost] < MinimumInsertion || characters[lost] == last.Text || last.Reading.Alternatives.Any(other => other.Text == characters[lost] || other.Text == text))
        {
            return;
        }

        CharacterAlternative[] alternatives = [.. last.Reading.Alternatives.Append(new(text, row[lost])).OrderByDescending(other => other.Probability)];
        decoded[^1] = last with { Reading = last.Reading with { Alternatives = alternatives } };
    }
}
