namespace TaskServices.InvoiceOcr.Normalization.Dates;

/// <summary>
/// Decides the order of a document's numeric dates: by its dates that can be read one way only, else the seller's country, else the language, else
/// a due date that must not precede the issue date. Open is open: the likeliest order is given, and <see cref="IsSettled"/> is false.
/// </summary>
public sealed record DateOrderDecision(DateOrder Order, bool IsSettled, string Evidence)
{
    /// <summary>Decides.</summary>
    /// <param name="dates">All dates of the document.</param>
    /// <param name="country">The seller's country, ISO 3166-1, or null.</param>
    /// <param name="language">The document's language, BCP-47, or null.</param>
    /// <param name="issue">The issue date, where it is ambiguous or the due date is.</param>
    /// <param name="due">The due date.</param>
    public static DateOrderDecision Decide(
        IEnumerable<DateReading> dates, string? country = null, string? language = null, DateReading? issue = null, DateReading? due = null)
    {
        ArgumentNullException.ThrowIfNull(dates);
        var proofs = dates.Where(date => date.Proves != DateOrder.Unknown).ToLookup(date => date.Proves);
        var dayFirst = proofs[DateOrder.DayFirst].Count();
        var monthFirst = proofs[DateOrder.MonthFirst].Count();
        if (dayFirst + monthFirst > 0 && (dayFirst == 0 || monthFirst == 0))
        {
            return new DateOrderDecision(dayFirst > 0 ? DateOrder.DayFirst : DateOrder.MonthFirst, true, "other dates");
        }

        if (OfCountry(country) is var byCountry && byCountry != DateOrder.Unknown)
        {
            return new DateOrderDecision(byCountry, true, $"country {country}");
        }

        if (language is "de" or "fr" or "es" or "it" or "nl")
        {
            return new DateOrderDecision(DateOrder.DayFirst, true, $"language {language}");
        }

        if (issue is { } start && due is { } end)
        {
            var holdsDayFirst = end.ValueIn(DateOrder.DayFirst) >= start.ValueIn(DateOrder.DayFirst);
            var holdsMonthFirst = end.ValueIn(DateOrder.MonthFirst) >= start.ValueIn(DateOrder.MonthFirst);
            if (holdsDayFirst != holdsMonthFirst)
            {
                return new DateOrderDecision(holdsDayFirst ? DateOrder.DayFirst : DateOrder.MonthFirst, true, "due after issue");
            }
        }

        return new DateOrderDecision(DateOrder.DayFirst, false, "none");
    }

    // Canada prints both orders; of the others only the United States and a few neighbours put the month first.
    private static DateOrder OfCountry(string? country) => country switch
    {
        null or "" or "CA" => DateOrder.Unknown,
        "US" or "PH" or "PR" => DateOrder.MonthFirst,
        _ => DateOrder.DayFirst,
    };
}
