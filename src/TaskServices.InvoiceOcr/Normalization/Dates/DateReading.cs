namespace TaskServices.InvoiceOcr.Normalization.Dates;

/// <summary>How the parts of a numeric date follow each other.</summary>
public enum DateOrder
{
    /// <summary>Nothing says.</summary>
    Unknown,

    /// <summary>31/01/2024.</summary>
    DayFirst,

    /// <summary>01/31/2024.</summary>
    MonthFirst,
}

/// <summary>What a printed date says, on its own.</summary>
public readonly record struct DateReading
{
    /// <summary>Gets the date with the day first where the text has an order of its own or none; the only reading where there is one.</summary>
    public DateOnly Value { get; init; }

    /// <summary>Gets the reading with the month first, where day and month are both 12 or less and differ; else null.</summary>
    public DateOnly? MonthFirst { get; init; }

    /// <summary>Gets the order that the text proves: a numeric date whose one part is above 12. Names, ISO dates and open texts prove none.</summary>
    public DateOrder Proves { get; init; }

    /// <summary>Gets whether the year has two digits.</summary>
    public bool HasShortYear { get; init; }

    /// <summary>Gets where the date starts in its text, UTF-16 units.</summary>
    public int Offset { get; init; }

    /// <summary>Gets how long it is, UTF-16 units.</summary>
    public int Length { get; init; }

    /// <summary>Gets whether the text alone has two readings.</summary>
    public bool IsAmbiguous => MonthFirst is not null;

    /// <summary>Returns the reading in an order; the day first where it is unknown.</summary>
    public DateOnly ValueIn(DateOrder order) => order == DateOrder.MonthFirst && MonthFirst is { } other ? other : Value;
}
