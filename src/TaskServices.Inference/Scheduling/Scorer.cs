namespace TaskServices.Inference.Scheduling;

/// <summary>Scores continuations of one prompt, one model run a step.</summary>
internal sealed class Scorer(KvSlots slots, ModelRuns runs, int logitCount)
{
    private const int RunTokens = 16;

    /// <summary>Runs the rest of the prompt or the next tokens of the current continuation.</summary>
    /// <returns>Whether all continuations are scored.</returns>
    public bool Step(ScoredSequence sequence)
    {
        var held = slots.Length(sequence.Slot);
        if (held < sequence.PromptLength)
            ScoreFirstTokens(sequence, runs.Extend(sequence, sequence.PromptLength - held, 1));
        else
            ScoreNextTokens(sequence, held - sequence.PromptLength);

        while (sequence.Current < sequence.Continuations.Length && sequence.Continuations[sequence.Current].Length == 1)
            sequence.Current++;
        return sequence.Current == sequence.Continuations.Length;
    }

    private static void ScoreFirstTokens(ScoredSequence sequence, ReadOnlySpan<float> logits)
    {
        var (_, logNormalizer) = LogSoftmax.Normalize(logits);
        for (var i = 0; i < sequence.Continuations.Length; i++)
            sequence.Scores[i] = logits[sequence.Continuations[i][0]] - logNormalizer;
    }

    private void ScoreNextTokens(ScoredSequence sequence, int done)
    {
        var continuation = sequence.Continuations[sequence.Current];
        var count = RunLength.Next(continuation.Length - 1 - done, RunTokens);
        continuation.AsSpan(done, count).CopyTo(sequence.TokenIds.AsSpan(sequence.PromptLength + done));
        var logits = runs.Extend(sequence, count, count);
        for (var i = 0; i < count; i++)
        {
            var row = logits.Slice(i * logitCount, logitCount);
            var (_, logNormalizer) = LogSoftmax.Normalize(row);
            sequence.Scores[sequence.Current] += row[continuation[done + i + 1]] - logNormalizer;
        }

        if (done + count == continuation.Length - 1)
        {
            slots.Truncate(sequence.Slot, sequence.PromptLength);
            sequence.Current++;
        }
    }
}
