namespace TaskServices.Evals.Statistics;

/// <summary>A small random generator whose numbers stay the same across runtimes, which <see cref="Random"/> does not promise.</summary>
/// <remarks>Source: Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators" (2014).</remarks>
internal sealed class SplitMix64(ulong seed)
{
    private ulong _state = seed;

    /// <returns>A number in [0, <paramref name="bound"/>), uniform but for a bias below bound ÷ 2⁶⁴.</returns>
    public int Next(int bound) => (int)Math.BigMul(NextUInt64(), (ulong)bound, out _);

    public ulong NextUInt64()
    {
        var z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
