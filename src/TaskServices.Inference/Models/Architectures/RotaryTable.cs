namespace TaskServices.Inference.Models.Architectures;

/// <summary>Cosines and sines of rotary position embedding (arXiv 2104.09864), [positions, head size / 2].</summary>
internal static class RotaryTable
{
    /// <summary>
    /// Computes the tables. Where only some dimensions are rotated, the rest get angle zero: <see cref="PartialOrder"/> moves them to the pairs
    /// behind the rotated ones, so that the runtime's full rotation leaves them alone.
    /// </summary>
    public static (float[] Cosines, float[] Sines) Compute(RopeConfig rope, int positions, int headSize, int rotaryDimensions)
    {
        var half = headSize / 2;
        var frequencies = Frequencies(rope, rotaryDimensions);
        var magnitude = rope.Factors?.Magnitude ?? 1;
        var cosines = new float[positions * half];
        var sines = new float[positions * half];
        for (var position = 0; position < positions; position++)
        {
            for (var i = 0; i < half; i++)
            {
                // The reference multiplies in fp32; the angle's rounding is part of the model.
                var (angle, scale) = i < frequencies.Length ? (position * frequencies[i], magnitude) : (0f, 1f);
                (sines[(position * half) + i], cosines[(position * half) + i]) = (scale * (float)Math.Sin(angle), scale * (float)Math.Cos(angle));
            }
        }

        return (cosines, sines);
    }

    /// <summary>Gets the order of a head's rows that puts rotated pair i at (i, i + head size / 2), or null where all are rotated.</summary>
    public static int[]? PartialOrder(int headSize, int rotaryDimensions)
    {
        if (rotaryDimensions == headSize)
        {
            return null;
        }

        var (half, rotated) = (headSize / 2, rotaryDimensions / 2);
        var rest = half - rotated;
        return
        [
            .. Enumerable.Range(0, rotated),
            .. Enumerable.Range(rotaryDimensions, rest),
            .. Enumerable.Range(rotated, rotated),
            .. Enumerable.Range(rotaryDimensions + rest, rest),
        ];
    }

    private static float[] Frequencies(RopeConfig rope, int dimensions)
    {
        var frequencies = new float[dimensions / 2];
        for (var i = 0; i < frequencies.Length; i++)
        {
            var frequency = 1f / (float)Math.Pow(rope.Base, 2f * i / dimensions);
            frequency = rope.Llama3 is { } llama3 ? Scale(frequency, llama3) : frequency;
            frequencies[i] = frequency / rope.LinearFactor / (rope.Factors?.Short[i] ?? 1);
        }

        return frequencies;
    }

    private static float Scale(float frequency, Llama3Scaling scaling)
    {
        var wavelength = 2 * MathF.PI / frequency;
        var low = scaling.OriginalContextLength / scaling.LowFrequencyFactor;
        var high = scaling.OriginalContextLength / scaling.HighFrequencyFactor;
        if (wavelength < high)
        {
            return frequency;
        }

        if (wavelength > low)
        {
            return frequency / scaling.Factor;
        }

        var smooth = ((scaling.OriginalContextLength / wavelength) - scaling.LowFrequencyFactor)
            / (scaling.HighFrequencyFactor - scaling.LowFrequencyFactor);
        return ((1 - smooth) * frequency / scaling.Factor) + (smooth * frequency);
    }
}
