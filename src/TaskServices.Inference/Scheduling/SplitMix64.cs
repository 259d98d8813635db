namespace TaskServices.Inference.Scheduling;

/// <summary>
/// Random numbers addressed by (seed, step): the SplitMix64 generator (Steele, Lea, Flood: Fast splittable pseudorandom number
/// generators, 2014). No state, so a request's numbers cannot depend on its place in a batch or on what ran before.
/// </summary>
internal static class SplitMix64
{
    private const ulong Gamma = 0x9E3779B97F4A7C15;

    /// <returns>A number in [0, 1) with 53 random bits.</returns>
    public static double NextUniform(ulong seed, int step) =>
        (Mix(Mix(seed) + (((ulong)step + 1) * Gamma)) >> 11) * (1.0 / (1UL << 53));

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
