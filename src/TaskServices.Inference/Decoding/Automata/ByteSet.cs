using System.Numerics;
using System.Runtime.CompilerServices;

namespace TaskServices.Inference.Decoding.Automata;

/// <summary>A set of bytes as 256 bits.</summary>
[InlineArray(4)]
internal struct ByteSet
{
    private ulong _words;

    public readonly int Count
    {
        get
        {
            var count = 0;
            foreach (var word in this)
            {
                count += BitOperations.PopCount(word);
            }

            return count;
        }
    }

    public readonly bool Contains(byte value) => (this[value >> 6] >> (value & 63) & 1) != 0;

    public void Add(byte value) => this[value >> 6] |= 1UL << (value & 63);

    public void AddRange(byte low, byte high)
    {
        for (int value = low; value <= high; value++)
        {
            Add((byte)value);
        }
    }

    public void UnionWith(in ByteSet other)
    {
        for (var i = 0; i < 4; i++)
        {
            this[i] |= other[i];
        }
    }

    public readonly bool Overlaps(in ByteSet other) =>
        ((this[0] & other[0]) | (this[1] & other[1]) | (this[2] & other[2]) | (this[3] & other[3])) != 0;

    /// <summary>Gets the smallest byte of the set, which must not be empty.</summary>
    public readonly byte First()
    {
        var i = 0;
        while (this[i] == 0)
        {
            i++;
        }

        return (byte)((i << 6) + BitOperations.TrailingZeroCount(this[i]));
    }
}
