namespace TaskServices.InvoiceOcr.Normalization.Amounts;

/// <summary>
/// Decides a document's decimal mark: the amounts that prove one vote; a tie or silence goes to arithmetic, then to the document's language and
/// country. One seller may change its notation between two invoices, so nothing outside the document decides.
/// </summary>
public sealed record NotationVote(DecimalMark Mark, int DotCount, int CommaCount, string Evidence)
{
    /// <summary>Decides.</summary>
    /// <param name="readings">All amounts of the document.</param>
    /// <param name="balances">Whether the document's arithmetic holds under a mark; null where none can be tried.</param>
    /// <param name="usual">The mark of the document's language or country.</param>
    public static NotationVote Decide(
        IEnumerable<AmountReading> readings, Func<DecimalMark, bool>? balances = null, DecimalMark usual = DecimalMark.Unknown)
    {
        ArgumentNullException.ThrowIfNull(readings);
        var dots = 0;
        var commas = 0;
        foreach (var reading in readings)
        {
            // Two decimals are how money looks; other counts, as of quantities and rates, weigh less.
            if (!reading.IsAmbiguous && !reading.IsIrregular)
            {
                var weight = reading.DecimalCount == 2 ? 2 : 1;
                dots += reading.Mark == DecimalMark.Dot ? weight : 0;
                commas += reading.Mark == DecimalMark.Comma ? weight : 0;
            }
        }

        if (dots >= 2 * commas && dots > 0)
        {
            return new NotationVote(DecimalMark.Dot, dots, commas, "vote");
        }

        if (commas >= 2 * dots && commas > 0)
        {
            return new NotationVote(DecimalMark.Comma, dots, commas, "vote");
        }

        if (balances is not null && balances(DecimalMark.Dot) != balances(DecimalMark.Comma))
        {
            return new NotationVote(balances(DecimalMark.Dot) ? DecimalMark.Dot : DecimalMark.Comma, dots, commas, "arithmetic");
        }

        return new NotationVote(usual, dots, commas, usual == DecimalMark.Unknown ? "none" : "locale");
    }

    /// <summary>Returns the usual decimal mark of a country (ISO 3166-1) or, failing that, of a language (BCP-47).</summary>
    public static DecimalMark Usual(string? country, string? language) => country switch
    {
        "GB" or "IE" or "US" or "AU" or "NZ" or "IN" or "MY" or "SG" or "HK" or "CH" or "LI" or "MT" or "CY" or "MX" or "JP" or "CN" => DecimalMark.Dot,
        { Length: 2 } and not "CA" => DecimalMark.Comma,
        _ => language switch
        {
            "en" => DecimalMark.Dot,
            "de" or "fr" or "es" or "it" or "nl" => DecimalMark.Comma,
            _ => DecimalMark.Unknown,
        },
    };
}
