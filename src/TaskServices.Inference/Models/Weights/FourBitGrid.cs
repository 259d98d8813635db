using System.Numerics;
using System.Numerics.Tensors;

namespace TaskServices.Inference.Models.Weights;

/// <summary>Sixteen evenly spaced levels for the weights of one block: Scale * q + Minimum for q of 0 to 15.</summary>
internal readonly record struct FourBitGrid(float Scale, float Minimum)
{
    public const int TopLevel = 15;

    /// <summary>How often a grid is fitted again to the levels that its weights chose.</summary>
    private const int Refits = 4;

    /// <summary>
    /// Finds a grid with little squared error. One that a four-bit file stored is found again exactly: Q4_1 spans the block's range, and Q4_0
    /// has its largest weight on level 0.
    /// </summary>
    public static FourBitGrid Fit(ReadOnlySpan<float> block)
    {
        var (low, high) = (TensorPrimitives.Min(block), TensorPrimitives.Max(block));
        var best = new FourBitGrid((high - low) / TopLevel, low);
        if (!(best.Scale > 0))
        {
            return new FourBitGrid(0, low);
        }

        var leastError = best.SquaredError(block);
        for (var steps = 1; steps <= 8 && leastError > 0; steps++)
        {
            Take(Symmetric(-low > high ? low : high, steps), block, ref best, ref leastError);
        }

        if (leastError <= NegligibleError(low, high, block.Length))
        {
            return best;
        }

        for (var shrink = 0; shrink < 5; shrink++)
        {
            var margin = (high - low) * 0.03f * shrink;
            var grid = new FourBitGrid((high - low - (2 * margin)) / TopLevel, low + margin);
            for (var i = 0; i < Refits; i++)
            {
                Take(grid, block, ref best, ref leastError);
                grid = grid.Refitted(block);
            }
        }

        return best;
    }

    public int LevelOf(float value) => Scale > 0 ? Math.Clamp((int)MathF.Round((value - Minimum) / Scale), 0, TopLevel) : 0;

    /// <summary>A grid with 0 on level 8 and <paramref name="extreme"/> a number of steps from it.</summary>
    private static FourBitGrid Symmetric(float extreme, int steps)
    {
        // Level 8 is zero; of a positive extreme the mirrored grid is meant, whose levels count downwards.
        var scale = MathF.Abs(extreme) / steps;
        return extreme < 0 ? new FourBitGrid(scale, -8 * scale) : new FourBitGrid(scale, -7 * scale);
    }

    private static void Take(FourBitGrid grid, ReadOnlySpan<float> block, ref FourBitGrid best, ref float leastError)
    {
        if (grid.Scale > 0 && grid.SquaredError(block) is var error && error < leastError)
        {
            (best, leastError) = (grid, error);
        }
    }

    /// <summary>Error that the rounding of fp32 alone can make.</summary>
    private static float NegligibleError(float low, float high, int count)
    {
        var rounding = MathF.Max(-low, high) * 1e-6f;
        return rounding * rounding * count;
    }

    private float SquaredError(ReadOnlySpan<float> block)
    {
        var (scale, minimum, inverse) = (new Vector<float>(Scale), new Vector<float>(Minimum), new Vector<float>(1 / Scale));
        var top = new Vector<float>(TopLevel);
        var sum = Vector<float>.Zero;
        for (var i = 0; i < block.Length; i += Vector<float>.Count)
        {
            var values = new Vector<float>(block[i..]);
            var levels = Vector.Min(Vector.Max(Vector.Round((values - minimum) * inverse), Vector<float>.Zero), top);
            var error = values - (levels * scale) - minimum;
            sum += error * error;
        }

        return Vector.Sum(sum);
    }

    /// <summary>The least-squares line through (level, weight).</summary>
    private FourBitGrid Refitted(ReadOnlySpan<float> block)
    {
        double levels = 0, squares = 0, values = 0, products = 0;
        foreach (var value in block)
        {
            double level = LevelOf(value);
            levels += level;
            squares += level * level;
            values += value;
            products += level * value;
        }

        var spread = (block.Length * squares) - (levels * levels);
        if (!(spread > 0))
        {
            return this;
        }

        var scale = ((block.Length * products) - (levels * values)) / spread;
        return new FourBitGrid((float)scale, (float)((values - (scale * levels)) / block.Length));
    }
}
