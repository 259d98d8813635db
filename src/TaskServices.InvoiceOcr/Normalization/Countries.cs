using System.Collections.Frozen;

namespace TaskServices.InvoiceOcr.Normalization;

/// <summary>Countries: their codes (ISO 3166-1) and their names in six languages.</summary>
public static class Countries
{
    private static readonly FrozenSet<string> Codes = (
        "AD AE AF AG AL AM AO AR AT AU AZ BA BB BD BE BF BG BH BI BJ BN BO BR BS BT BW BY BZ CA CD CF CG CH CI CL CM CN CO CR CU CV CY CZ DE DJ DK DM DO DZ EC EE EG ER ES "
        + "ET FI FJ FM FO FR GA GB GD GE GG GH GI GL GM GN GQ GR GT GW GY HK HN HR HT HU ID IE IL IM IN IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC "
        + "LI LK LR LS LT LU LV LY MA MC MD ME MG MH MK ML MM MN MO MR MT MU MV MW MX MY MZ NA NE NG NI NL NO NP NR NZ OM PA PE PG PH PK PL PS PT PW PY QA RO RS RU RW SA "
        + "SB SC SD SE SG SI SK SL SM SN SO SR SS ST SV SY SZ TD TG TH TJ TL TM TN TO TR TT TV TW TZ UA UG US UY UZ VA VC VE VG VN VU WS XK YE ZA ZM ZW").Split(' ').ToFrozenSet();

    private static readonly FrozenDictionary<string, string> Names = new[]
    {
        "DE germany deutschland allemagne alemania germania duitsland", "AT austria österreich autriche oostenrijk", "CH switzerland schweiz suisse suiza svizzera zwitserland",
        "FR france frankreich francia frankrijk", "ES spain spanien espagne españa spagna spanje", "IT italy italien italie italia italië",
        "NL netherlands niederlande pays-bas nederland holland", "BE belgium belgien belgique bélgica belgio belgië", "LU luxembourg luxemburg lussemburgo",
        "GB united-kingdom uk england scotland wales great-britain großbritannien royaume-uni", "IE ireland irland irlande irlanda ierland",
        "US usa united-states u.s.a.", "PT portugal portogallo", "PL poland polen pologne polonia polska", "DK denmark dänemark danemark danmark denemarken",
        "SE sweden schweden suède suecia sverige zweden", "NO norway norwegen norvège noruega norge noorwegen", "FI finland finnland finlande suomi",
        "CZ czechia tschechien czech-republic", "HU hungary ungarn hongrie", "RO romania rumänien", "MY malaysia", "SG singapore singapur", "LI liechtenstein", "CA canada kanada",
    }.SelectMany(row => row.Split(' ')[1..].Select(name => (Name: name.Replace('-', ' '), Code: row[..2])))
        .Append((Name: "pays-bas", Code: "NL")).ToFrozenDictionary(pair => pair.Name, pair => pair.Code, StringComparer.OrdinalIgnoreCase);

    /// <summary>Returns whether a text is a country code, in capitals.</summary>
    public static bool IsCode(string code) => Codes.Contains(code);

    /// <summary>Returns the code of a country's name in one of six languages, or null.</summary>
    public static string? CodeOf(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return Names.GetValueOrDefault(name.Trim().TrimEnd('.'));
    }
}
