namespace TaskServices.Inference.Decoding.Syntax;

/// <summary>A set of Unicode scalar values as sorted, disjoint, inclusive ranges. Surrogates are never in it.</summary>
internal sealed class CodePointSet
{
    private const int Last = 0x10FFFF;

    private CodePointSet(IReadOnlyList<(int Low, int High)> ranges) => Ranges = ranges;

    public static CodePointSet Digits { get; } = Of([('0', '9')]);

    public static CodePointSet WordCharacters { get; } = Of([('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')]);

    public static CodePointSet Spaces { get; } = Of([('\t', '\r'), (' ', ' ')]);

    /// <summary>Gets what <c>.</c> matches: every character but the line feed.</summary>
    public static CodePointSet AnyButLineFeed { get; } = Of([('\n', '\n')]).Complement();

    public IReadOnlyList<(int Low, int High)> Ranges { get; }

    public bool IsEmpty => Ranges.Count == 0;

    public static CodePointSet Of(IEnumerable<(int Low, int High)> ranges)
    {
        var merged = new List<(int Low, int High)>();
        foreach (var range in ranges.SelectMany(WithoutSurrogates).OrderBy(range => range.Low))
        {
            if (merged.Count > 0 && range.Low <= merged[^1].High + 1)
            {
                merged[^1] = (merged[^1].Low, Math.Max(merged[^1].High, range.High));
            }
            else
            {
                merged.Add(range);
            }
        }

        return new CodePointSet(merged);
    }

    public CodePointSet Complement()
    {
        var gaps = new List<(int Low, int High)>();
        var next = 0;
        foreach (var (low, high) in Ranges)
        {
            if (low > next)
            {
                gaps.Add((next, low - 1));
            }

            next = high + 1;
        }

        if (next <= Last)
        {
            gaps.Add((next, Last));
        }

        return Of(gaps);
    }

    public bool Contains(int codePoint)
    {
        foreach (var (low, high) in Ranges)
        {
            if (codePoint <= high)
            {
                return codePoint >= low;
            }
        }

        return false;
    }

    public CodePointSet Union(CodePointSet other) => Of(Ranges.Concat(other.Ranges));

    public CodePointSet Except(CodePointSet other) => Intersect(other.Complement());

    public CodePointSet Intersect(CodePointSet other)
    {
        var common = new List<(int Low, int High)>();
        for (int i = 0, j = 0; i < Ranges.Count && j < other.Ranges.Count;)
        {
            var (low, high) = (Math.Max(Ranges[i].Low, other.Ranges[j].Low), Math.Min(Ranges[i].High, other.Ranges[j].High));
            if (low <= high)
            {
                common.Add((low, high));
            }

            _ = Ranges[i].High < other.Ranges[j].High ? i++ : j++;
        }

        return Of(common);
    }

    private static IEnumerable<(int Low, int High)> WithoutSurrogates((int Low, int High) range)
    {
        if (range.Low < 0xD800)
        {
            yield return (range.Low, Math.Min(range.High, 0xD7FF));
        }

        if (range.High > 0xDFFF)
        {
            yield return (Math.Max(range.Low, 0xE000), range.High);
        }
    }
}
