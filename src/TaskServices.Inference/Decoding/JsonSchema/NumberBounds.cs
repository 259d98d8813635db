namespace TaskServices.Inference.Decoding.JsonSchema;

/// <summary>The tightest of all lower and upper bounds of a number.</summary>
internal sealed class NumberBounds
{
    public decimal? Minimum { get; private set; }

    public bool ExcludesMinimum { get; private set; }

    public decimal? Maximum { get; private set; }

    public bool ExcludesMaximum { get; private set; }

    public void RaiseMinimum(decimal value, bool isExcluded)
    {
        if (Minimum is null || value > Minimum || (value == Minimum && isExcluded))
        {
            (Minimum, ExcludesMinimum) = (value, isExcluded);
        }
    }

    public void LowerMaximum(decimal value, bool isExcluded)
    {
        if (Maximum is null || value < Maximum || (value == Maximum && isExcluded))
        {
            (Maximum, ExcludesMaximum) = (value, isExcluded);
        }
    }
}
