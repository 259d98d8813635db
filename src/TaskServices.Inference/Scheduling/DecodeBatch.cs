using TaskServices.Inference.Decoding;

namespace TaskServices.Inference.Scheduling;

/// <summary>The running sequences: always the rows, and slots, [0, <see cref="Count"/>).</summary>
internal sealed class DecodeBatch(
    KvSlots slots, ModelRuns runs, CompletionWriter writer, InferenceOptions options, int slotCount, int slotCapacity, int logitCount, RequestObserver observer)
{
    /// <summary>The most drafts of a sequence between two decode steps, so that it does not keep the others waiting.</summary>
    private const int MostDrafts = 4;

    private readonly GeneratedSequence[] _rows = new GeneratedSequence[slotCount];

    public int Count { get; private set; }

    /// <summary>Gets a running sequence.</summary>
    public GeneratedSequence this[int row] => _rows[row];

    /// <summary>Adds a sequence whose slot holds all its tokens but the last ones, moving it to the next row's slot.</summary>
    public void Add(GeneratedSequence sequence)
    {
        if (sequence.Slot != Count)
            slots.Copy(sequence.Slot, Count);
        sequence.Slot = Count;
        sequence.DraftLength = new DraftLength(options.SpeculationDraftTokens);
        _rows[Count++] = sequence;
    }

    /// <summary>Gives every running sequence one token or more.</summary>
    public void Step()
    {
        // Forced tokens and drafts run ahead in runs of their own. Whether they do must not depend on the other rows: a run of several
        // tokens rounds otherwise than single steps do.
        for (var row = 0; row < Count; row++)
            RunAhead(_rows[row]);
        Retire();
        if (Count > 0)
            Decode();
        Retire();
    }

    /// <summary>Takes finished sequences out; the last row moves into each hole.</summary>
    public void Retire()
    {
        for (var row = Count - 1; row >= 0; row--)
        {
            if (!_rows[row].IsFinished)
                continue;
            Count--;
            if (row < Count)
                MoveLastRow(row);
            _rows[Count] = null!;
            if (row < Count && _rows[row].IsFinished)
                row++; // The move failed; another row may fill the hole.
        }
    }

    private void MoveLastRow(int row)
    {
        var sequence = _rows[row] = _rows[Count];
        try
        {
            slots.Copy(sequence.Slot, row);
            sequence.Slot = row;
        }
        catch (InferenceException exception)
        {
            observer.Failed(sequence, exception);
        }
    }

    private int PendingTokens(GeneratedSequence sequence) => sequence.Count - slots.Length(sequence.Slot);

    private void Decode()
    {
        ReadOnlySpan<float> logits;
        try
        {
            logits = runs.Decode(_rows.AsSpan(0, Count));
        }
        catch (InferenceException exception)
        {
            for (var row = 0; row < Count; row++)
                observer.Failed(_rows[row], exception);
            return;
        }

        for (var row = 0; row < Count; row++)
            Continue(_rows[row], logits.Slice(row * logitCount, logitCount), _rows[row].Count - 1);
    }

    /// <summary>Runs forced tokens, and a few drafts, until one token is left for the decode step.</summary>
    private void RunAhead(GeneratedSequence sequence)
    {
        for (var drafts = 0; !sequence.IsFinished;)
        {
            var drafted = drafts < MostDrafts ? Draft(sequence) : 0;
            if (drafted == 0 && PendingTokens(sequence) == 1)
                return;
            drafts += drafted > 0 ? 1 : 0;
            Extend(sequence, drafted);
        }
    }

    /// <summary>Writes a guess of the next tokens behind the sequence, as far as the grammar allows it.</summary>
    private int Draft(GeneratedSequence sequence)
    {
        if (options.SpeculationDraftTokens == 0)
            return 0;
        var room = Math.Min(sequence.DraftLength.At(sequence.Count), Math.Min(sequence.RemainingTokens - 1, slotCapacity - sequence.Count));
        if (room <= 0)
            return 0;
        var draft = sequence.TokenIds.AsSpan(sequence.Count, room);
        draft = draft[..PromptLookup.Draft(sequence.TokenIds.AsSpan(0, sequence.Count), draft)];
        return sequence.Grammar is { } grammar && !draft.IsEmpty ? CountAllowed(sequence, grammar, draft) : draft.Length;
    }

    private int CountAllowed(GeneratedSequence sequence, IGrammarMatcher grammar, ReadOnlySpan<int> draft)
    {
        try
        {
            return grammar.CountAllowed(draft, sequence.RemainingTokens);
        }
        catch (Exception exception)
        {
            observer.Failed(sequence, exception as InferenceException ?? GrammarFailed(exception));
            return 0;
        }
    }

    private void Extend(GeneratedSequence sequence, int drafted)
    {
        if (sequence.IsFinished)
            return;
        try
        {
            while (PendingTokens(sequence) > options.PrefillChunkTokens)
                runs.Extend(sequence, RunLength.Next(PendingTokens(sequence), options.PrefillChunkTokens), 0);
            var lastPosition = sequence.Count - 1;
            var logits = runs.Extend(sequence, PendingTokens(sequence) + drafted, 1 + drafted);
            Continue(sequence, logits, lastPosition);
            if (drafted == 0)
                return;
            var accepted = Math.Clamp(slots.Length(sequence.Slot) - lastPosition - 1, 0, drafted);
            sequence.DraftLength.Adapt(drafted, accepted, sequence.Count);
            observer.Metrics?.RecordSpeculation(observer.Model, drafted, accepted);
        }
        catch (InferenceException exception)
        {
            observer.Failed(sequence, exception);
        }
    }

    private void Continue(GeneratedSequence sequence, ReadOnlySpan<float> logits, int firstPosition)
    {
        try
        {
            writer.Continue(sequence, logits, firstPosition);
        }
        catch (Exception exception)
        {
            slots.Truncate(sequence.Slot, 0); // Non-finite logits come from KV that nobody should reuse.
            observer.Failed(sequence, exception as InferenceException ?? GrammarFailed(exception));
        }
    }

    /// <summary>Wraps what a grammar threw.</summary>
    public static InferenceException GrammarFailed(Exception exception) =>
        new("GRAMMAR_FAILED", $"The grammar failed: {exception.Message.ReplaceLineEndings(" ")}", exception);
}
