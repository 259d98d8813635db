namespace TaskServices.Inference.Scheduling;

/// <summary>Continues sequences from the logits of a model run: chooses, follows the grammar, appends, ends.</summary>
internal sealed class CompletionWriter(KvSlots slots, TokenChooser chooser, int logitCount, RequestObserver observer)
{
    /// <summary>Appends what the grammar forces before the first choice, or ends a sequence that may only end.</summary>
    public void Begin(GeneratedSequence sequence)
    {
        AppendForced(sequence);
        EndIfDue(sequence);
    }

    /// <summary>Chooses tokens as long as the logits behind the sequence's last token are known.</summary>
    /// <param name="logits">Logits of consecutive positions, the last of them the last that the slot holds.</param>
    /// <param name="firstPosition">Position of the token that the first row of logits belongs to.</param>
    /// <remarks>
    /// More than one row is known when a draft was run: its tokens stand behind the sequence's last one, and as long as the choices
    /// agree with them their KV and logits are right. So a draft changes no choice, sampled or greedy (Leviathan et al., 2023).
    /// </remarks>
    public void Continue(GeneratedSequence sequence, ReadOnlySpan<float> logits, int firstPosition)
    {
        while (!sequence.IsFinished && sequence.Count <= slots.Length(sequence.Slot))
        {
            var row = sequence.Count - 1 - firstPosition;
            var (tokenId, logProbability) = chooser.Choose(sequence, logits.Slice(row * logitCount, logitCount));
            if (sequence.EndTokenIds.Contains(tokenId))
            {
                Stop(sequence, logProbability);
                return;
            }

            sequence.Grammar?.Accept(tokenId);
            Append(sequence, tokenId, logProbability, isForced: false);
            AppendForced(sequence);
            EndIfDue(sequence);
        }
    }

    private void AppendForced(GeneratedSequence sequence)
    {
        if (sequence.Grammar is not { } grammar)
            return;
        while (grammar.GetForcedTokens() is { Count: > 0 } forced)
        {
            for (var i = 0; i < forced.Count; i++)
            {
                // The canonical segmentation may be longer than the shortest one, which a tight budget asks for.
                if (sequence.RemainingTokens == 0 || !grammar.Allows(forced[i], sequence.RemainingTokens))
                    return;
                grammar.Accept(forced[i]);
                Append(sequence, forced[i], 0, isForced: true);
            }
        }
    }

    private void Append(GeneratedSequence sequence, int tokenId, double logProbability, bool isForced)
    {
        if (sequence.Slot >= 0 && sequence.Count < slots.Length(sequence.Slot) && sequence.TokenIds[sequence.Count] != tokenId)
            slots.Truncate(sequence.Slot, sequence.Count);
        sequence.Append(tokenId, logProbability, isForced, observer.Time.GetTimestamp());
    }

    private void EndIfDue(GeneratedSequence sequence)
    {
        if (sequence.Grammar is { MustEnd: true })
            Stop(sequence, 0);
        else if (sequence.RemainingTokens == 0)
            Complete(sequence);
    }

    private void Stop(GeneratedSequence sequence, double logProbability)
    {
        observer.Completed(sequence, "stop"); // Before the caller learns of it, who may look at the metrics.
        sequence.Stop(logProbability, observer.Time);
    }

    private void Complete(GeneratedSequence sequence)
    {
        observer.Completed(sequence, "length");
        sequence.Complete(FinishReason.Length, observer.Time);
    }
}
