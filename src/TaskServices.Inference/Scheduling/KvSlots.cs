using TaskServices.Inference.Adapters;
using TaskServices.Inference.Models;

namespace TaskServices.Inference.Scheduling;

/// <summary>The session's slots together with what each of them holds, whether its sequence still runs or not.</summary>
internal sealed class KvSlots(IModelSession session)
{
    private readonly int[]?[] _tokenIds = new int[session.SlotCount][];
    private readonly int[] _lengths = new int[session.SlotCount];
    private readonly LoadedAdapter?[] _adapters = new LoadedAdapter?[session.SlotCount];
    private readonly AdapterHandle?[] _handles = new AdapterHandle?[session.SlotCount];

    /// <summary>How many first tokens were run in pieces whose cuts change no bit (<see cref="RunLength"/>): only they are reused.</summary>
    private readonly int[] _exactLengths = new int[session.SlotCount];

    /// <summary>Gets how many model runs failed since the last one that succeeded.</summary>
    public int ConsecutiveFailures { get; private set; }

    /// <summary>Gets how many tokens' KV a slot holds.</summary>
    public int Length(int slot) => _lengths[slot];

    /// <summary>Gets the tokens whose KV a slot holds.</summary>
    public ReadOnlySpan<int> Held(int slot) => _tokenIds[slot].AsSpan(0, _lengths[slot]);

    /// <summary>Forgets what a slot holds from a length on.</summary>
    public void Truncate(int slot, int length)
    {
        _lengths[slot] = Math.Min(_lengths[slot], length);
        _exactLengths[slot] = Math.Min(_exactLengths[slot], length);
    }

    /// <summary>Gets how many first tokens of a prompt some slot or the cache holds for reuse.</summary>
    public int LongestKnown(ReadOnlySpan<int> tokenIds, LoadedAdapter? adapter, PrefixCache cache)
    {
        var longest = cache.Find(tokenIds, adapter?.Version, out _);
        for (var slot = 0; slot < _lengths.Length; slot++)
            longest = Math.Max(longest, tokenIds.CommonPrefixLength(Reusable(slot, adapter)));
        return longest;
    }

    /// <summary>Lets a slot hold the longest known prefix of a sequence: its own, another slot's, or the cache's.</summary>
    /// <param name="tokenIds">The sequence's array; the slot keeps the reference.</param>
    /// <param name="limit">The most tokens to reuse.</param>
    /// <param name="adapter">The sequence's adapter: KV of other versions is no use to it.</param>
    /// <returns>The tokens now held.</returns>
    public int Adopt(int slot, int[] tokenIds, int limit, LoadedAdapter? adapter, PrefixCache cache)
    {
        var wanted = tokenIds.AsSpan(0, limit);
        var source = slot;
        var longest = wanted.CommonPrefixLength(Reusable(slot, adapter));
        for (var other = 0; other < _lengths.Length; other++)
        {
            var length = wanted.CommonPrefixLength(Reusable(other, adapter));
            if (length > longest)
                (source, longest) = (other, length);
        }

        var cached = cache.Find(wanted, adapter?.Version, out var entry);
        if (entry is not null && cached >= longest)
            cache.Touch(entry);
        if (cached > longest)
        {
            longest = cached;
            Run(slot, () => session.RestoreSlot(slot, entry!.Bytes, entry.TokenIds.Length, cached));
        }
        else if (source != slot)
        {
            Run(slot, () => session.CopySlot(source, slot, longest));
        }

        (_tokenIds[slot], _lengths[slot], _exactLengths[slot], _adapters[slot]) = (tokenIds, longest, longest, adapter);
        return longest;
    }

    /// <summary>Copies the first tokens of a slot and gives them the array of another sequence with the same first tokens and adapter.</summary>
    public void Fork(int fromSlot, int toSlot, int[] tokenIds, int length)
    {
        if (fromSlot != toSlot && length > 0)
            Run(toSlot, () => session.CopySlot(fromSlot, toSlot, length));
        (_tokenIds[toSlot], _lengths[toSlot], _adapters[toSlot]) = (tokenIds, length, _adapters[fromSlot]);
        _exactLengths[toSlot] = Math.Min(length, _exactLengths[fromSlot]);
    }

    /// <summary>Copies all that a slot holds.</summary>
    public void Copy(int fromSlot, int toSlot) => Fork(fromSlot, toSlot, _tokenIds[fromSlot]!, _lengths[fromSlot]);

    /// <summary>Copies the KV of the first tokens out of a slot.</summary>
    public void Save(int slot, int length, Span<byte> destination)
    {
        try
        {
            session.SaveSlot(slot, length, destination);
        }
        catch (Exception exception)
        {
            throw Failed(slot, 1, exception);
        }
    }

    /// <summary>Runs the next tokens of the slot's sequence.</summary>
    /// <exception cref="InferenceException"><c>MODEL_RUN_FAILED</c>; the slot then holds nothing.</exception>
    public void Extend(int slot, int count, Span<float> logits)
    {
        try
        {
            var next = _tokenIds[slot].AsSpan(_lengths[slot], count);
            if (_adapters[slot] is { } adapter)
                ((IAdapterSession)session).Extend(slot, _lengths[slot], next, adapter.Handle, logits);
            else
                session.Extend(slot, _lengths[slot], next, logits);
            if (_exactLengths[slot] == _lengths[slot] && (count >= RunLength.Shortest || _lengths[slot] == 0))
                _exactLengths[slot] += count; // The first token attends to itself alone, so it may run alone.
            _lengths[slot] += count;
            ConsecutiveFailures = 0;
        }
        catch (Exception exception)
        {
            throw Failed(slot, 1, exception);
        }
    }

    /// <summary>Runs the next token of each of the first <paramref name="rows"/> slots.</summary>
    /// <param name="tokenIds">Room for one number a row.</param>
    /// <exception cref="InferenceException"><c>MODEL_RUN_FAILED</c>; the slots then hold nothing.</exception>
    public void Decode(int rows, int[] tokenIds, Span<float> logits)
    {
        var hasAdapter = false;
        for (var slot = 0; slot < rows; slot++)
        {
            tokenIds[slot] = _tokenIds[slot]![_lengths[slot]];
            _handles[slot] = _adapters[slot]?.Handle;
            hasAdapter |= _handles[slot] is not null;
        }

        try
        {
            if (hasAdapter)
                ((IAdapterSession)session).Decode(tokenIds.AsSpan(0, rows), _lengths.AsSpan(0, rows), _handles.AsSpan(0, rows), logits);
            else
                session.Decode(tokenIds.AsSpan(0, rows), _lengths.AsSpan(0, rows), logits);
            for (var slot = 0; slot < rows; slot++)
                _lengths[slot]++;
            ConsecutiveFailures = 0;
        }
        catch (Exception exception)
        {
            throw Failed(0, rows, exception);
        }
    }

    private ReadOnlySpan<int> Reusable(int slot, LoadedAdapter? adapter) =>
        _tokenIds[slot].AsSpan(0, _adapters[slot]?.Version == adapter?.Version ? _exactLengths[slot] : 0);

    private void Run(int slot, Action copy)
    {
        try
        {
            copy();
        }
        catch (Exception exception)
        {
            throw Failed(slot, 1, exception);
        }
    }

    private InferenceException Failed(int firstSlot, int count, Exception exception)
    {
        ConsecutiveFailures++;
        _exactLengths.AsSpan(firstSlot, count).Clear();
        _lengths.AsSpan(firstSlot, count).Clear(); // Nobody knows what a failed run left behind.
        return new InferenceException("MODEL_RUN_FAILED", $"A model run failed: {exception.Message.ReplaceLineEndings(" ")}", exception);
    }
}
