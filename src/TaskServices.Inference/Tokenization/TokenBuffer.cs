using System.Buffers;

namespace TaskServices.Inference.Tokenization;

/// <summary>Collects the token IDs of one <see cref="ITokenizer.Encode"/> call in a pooled array.</summary>
internal ref struct TokenBuffer(int capacity, bool parseSpecialTokens)
{
    private int[] _tokenIds = ArrayPool<int>.Shared.Rent(Math.Max(capacity, 16));
    private int _count;

    /// <summary>Gets whether control tokens may be made from text.</summary>
    public bool ParseSpecialTokens { get; } = parseSpecialTokens;

    public void Append(int tokenId)
    {
        if (_count == _tokenIds.Length)
            Grow(1);
        _tokenIds[_count++] = tokenId;
    }

    public void Append(scoped ReadOnlySpan<int> tokenIds)
    {
        if (tokenIds.Length > _tokenIds.Length - _count)
            Grow(tokenIds.Length);
        tokenIds.CopyTo(_tokenIds.AsSpan(_count));
        _count += tokenIds.Length;
    }

    public readonly int[] ToArray() => _tokenIds.AsSpan(0, _count).ToArray();

    public readonly void Dispose() => ArrayPool<int>.Shared.Return(_tokenIds);

    private void Grow(int extra)
    {
        var larger = ArrayPool<int>.Shared.Rent(checked(Math.Max(_tokenIds.Length * 2, _count + extra)));
        _tokenIds.AsSpan(0, _count).CopyTo(larger);
        ArrayPool<int>.Shared.Return(_tokenIds);
        _tokenIds = larger;
    }
}
