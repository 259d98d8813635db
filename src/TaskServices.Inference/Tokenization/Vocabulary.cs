namespace TaskServices.Inference.Tokenization;

/// <summary>The bytes and the kind of every token ID. Immutable.</summary>
internal sealed class Vocabulary
{
    private readonly byte[] _bytes;
    private readonly int[] _offsets;
    private readonly TokenKind[] _kinds;

    /// <param name="tokens">What each ID writes (for a control token its own text); null where the ID is unused.</param>
    /// <param name="kinds">The kind of each ID, as many as there are tokens.</param>
    public Vocabulary(IReadOnlyList<byte[]?> tokens, TokenKind[] kinds)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(kinds.Length, tokens.Count);
        _kinds = kinds;
        _offsets = new int[tokens.Count + 1];
        for (var id = 0; id < tokens.Count; id++)
            _offsets[id + 1] = checked(_offsets[id] + (tokens[id]?.Length ?? 0));

        _bytes = new byte[_offsets[^1]];
        for (var id = 0; id < tokens.Count; id++)
            tokens[id]?.CopyTo(_bytes, _offsets[id]);
    }

    /// <summary>Gets the number of token IDs, unused ones included.</summary>
    public int Size => _kinds.Length;

    public TokenKind KindOf(int tokenId) => _kinds[Checked(tokenId)];

    /// <summary>Gets the bytes that a token writes; a control token's are its own text.</summary>
    public ReadOnlySpan<byte> WrittenBytes(int tokenId) =>
        _bytes.AsSpan(_offsets[Checked(tokenId)], _offsets[tokenId + 1] - _offsets[tokenId]);

    private int Checked(int tokenId) => (uint)tokenId < (uint)_kinds.Length
        ? tokenId
        : throw new ArgumentOutOfRangeException(
            nameof(tokenId), tokenId, $"Token ID {tokenId} is outside the vocabulary, 0 to {_kinds.Length - 1}.");
}
