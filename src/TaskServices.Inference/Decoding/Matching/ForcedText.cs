using System.Text;
using TaskServices.Inference.Decoding.Automata;

namespace TaskServices.Inference.Decoding.Matching;

/// <summary>Finds the bytes that must come next and their canonical tokens.</summary>
internal static class ForcedText
{
    private const int MaxBytes = 1024;
    private const int MaxRecentTokens = 16;

    /// <summary>Follows the grammar while exactly one byte is possible and the sentence cannot end.</summary>
    public static byte[] Find(ConfigurationStepper stepper, MatcherState state)
    {
        var bytes = new List<byte>();
        var canEnd = state.CanEnd;
        var end = stepper.Load(state.Configurations);
        while (!canEnd && bytes.Count < MaxBytes)
        {
            var possible = default(ByteSet);
            foreach (ref readonly var item in stepper[0, end])
            {
                possible.UnionWith(item.Automaton.GetBytes(item.State));
            }

            if (possible.Count != 1)
            {
                break;
            }

            bytes.Add(possible.First());
            var next = stepper.Step(0, end, bytes[^1], out canEnd);
            end = stepper.Load(stepper[end, next]);
        }

        return [.. bytes];
    }

    /// <summary>
    /// Encodes recent text and forced bytes together and keeps the tokens that begin behind the recent text and end before any place
    /// where a longer token could begin that runs on into what follows.
    /// </summary>
    public static IReadOnlyList<int> Tokenize(
        TokenGrammar grammar, ConfigurationStepper stepper, MatcherState state, ReadOnlySpan<byte> forced, List<int> accepted)
    {
        var text = new List<byte>();
        for (var i = Math.Max(0, accepted.Count - MaxRecentTokens); i < accepted.Count && forced.Length > 0; i++)
        {
            text.AddRange(grammar.Tokenizer.GetTokenBytes(accepted[i]));
        }

        // Cut between characters at both ends.
        var cut = text.FindIndex(value => (value & 0xC0) != 0x80);
        text.RemoveRange(0, cut < 0 ? text.Count : cut);
        var recentLength = text.Count;
        text.AddRange(forced);
        var all = text.ToArray();
        var wholeLength = WholeCharacters(all);
        if (forced.IsEmpty || wholeLength <= recentLength)
        {
            return [];
        }

        var stableLength = FirstOpenToken(grammar.Vocabulary.Trie, stepper, state, forced, all);
        var tokens = grammar.Tokenizer.Encode(Encoding.UTF8.GetString(all, 0, wholeLength));
        var kept = new List<int>();
        var position = 0;
        var isAligned = recentLength == 0;
        foreach (var token in tokens)
        {
            var bytes = grammar.Tokenizer.GetTokenBytes(token);
            if (bytes.IsEmpty || !all.AsSpan(position, wholeLength - position).StartsWith(bytes) || position + bytes.Length > stableLength)
            {
                break;
            }

            if (position >= recentLength && isAligned)
            {
                kept.Add(token);
            }

            position += bytes.Length;
            isAligned |= position == recentLength;
        }

        return kept;
    }

    private static int WholeCharacters(ReadOnlySpan<byte> bytes)
    {
        var length = 0;
        while (length < bytes.Length && Rune.DecodeFromUtf8(bytes[length..], out _, out var consumed) == System.Buffers.OperationStatus.Done)
        {
            length += consumed;
        }

        return length;
    }

    /// <summary>Gets the first offset where a token could begin that covers the rest and at least one byte more.</summary>
    private static int FirstOpenToken(TokenTrie trie, ConfigurationStepper stepper, MatcherState state, ReadOnlySpan<byte> forced, ReadOnlySpan<byte> all)
    {
        var end = stepper.Load(state.Configurations);
        foreach (var value in forced)
        {
            var next = stepper.Step(0, end, value, out _);
            end = stepper.Load(stepper[end, next]);
        }

        var following = default(ByteSet);
        foreach (ref readonly var item in stepper[0, end])
        {
            following.UnionWith(item.Automaton.GetBytes(item.State));
        }

        for (var begin = Math.Max(0, all.Length - trie.MaxDepth); begin < all.Length; begin++)
        {
            var node = TokenTrie.Root;
            for (var i = begin; i < all.Length && node >= 0; i++)
            {
                node = trie.FindChild(node, all[i]);
            }

            if (node < 0)
            {
                continue;
            }

            foreach (var child in trie.GetChildren(node))
            {
                if (following.Contains(trie.GetLabel(child)))
                {
                    return begin;
                }
            }
        }

        return all.Length;
    }
}
