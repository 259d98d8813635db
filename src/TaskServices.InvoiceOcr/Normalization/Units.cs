using System.Collections.Frozen;

namespace TaskServices.InvoiceOcr.Normalization;

/// <summary>Units of quantity: UN/ECE Recommendation 20 codes of the words that invoices print in six languages.</summary>
public static class Units
{
    // code: words in English, German, French, Spanish, Italian, Dutch, without dots and in small letters.
    private static readonly FrozenDictionary<string, string> Codes = new[]
    {
        "H87: pc pcs piece pieces ea each unit units no nos stk stck stück stueck stücke st pièce pièces pce pces unité unités pieza piezas ud uds unidad unidades pza pzas "
            + "pezzo pezzi pz nr unità stuk stuks x h87 c62",
        "HUR: h hr hrs hour hours std stunde stunden heure heures hora horas ora ore uur uren hur",
        "MIN: min mins minute minutes minuten minuto minutos minuti minuut min",
        "DAY: day days d tag tage tagen jour jours día dia días dias giorno giorni gg dag dagen pt personentag personentage day",
        "WEE: week weeks wk woche wochen semaine semaines semana semanas settimana settimane weken wee",
        "MON: month months mo mth monat monate monaten mois mes meses mese mesi maand maanden mon",
        "ANN: year years yr jahr jahre an ans année années año años anno anni jaar jaren ann",
        "KGM: kg kgs kilo kilos kilogram kilogramm kilogramme kilogrammes kilogramo kilogramos chilogrammo chilogrammi kgm",
        "GRM: g gr gram grams gramm gramme grammes gramo gramos grammo grammi grm",
        "TNE: t to ton tons tonne tonnes tonnen tonelada toneladas tonnellata tonnellate tne",
        "LTR: l lt ltr liter litre litres liters litro litros litri ltr",
        "MLT: ml milliliter millilitre mililitro millilitro mlt",
        "MTR: m mtr meter metre metres meters mètre mètres metro metros metri lfm lfdm mtr",
        "CMT: cm zentimeter centimeter centimetre centimètre centímetro centimetro cmt",
        "MMT: mm millimeter millimetre millimètre milímetro millimetro mmt",
        "KMT: km kilometer kilometre kilomètre kilómetro chilometro chilometri kmt",
        "MTK: m2 m² qm sqm mq mtk",
        "MTQ: m3 m³ cbm mc kubikmeter mtq",
        "KWH: kwh kilowattstunde kilowattstunden kwh",
        "SET: set sets satz sätze jeu juego juegos serie",
        "PR: pair pairs paar paire paires par pares paio paia pr",
        "XPK: pack packs package packages packung packungen pkg pck pkt paquet paquets paquete paquetes pacco pacchi pak pakken verpackung xpk",
        "XBX: box boxes karton kartons schachtel boîte boîtes carton cartons caja cajas scatola scatole doos ctn bx xbx",
        "XBO: bottle bottles btl flasche flaschen fl bouteille bouteilles botella botellas bottiglia bottiglie fles flessen xbo",
        "XPX: pallet pallets palette paletten palettes palet palets pallet xpx",
        "XRO: roll rolls rolle rollen rouleau rouleaux rollo rollos rotolo rotoli rol xro",
        "XBG: bag bags beutel sack säcke sac sacs bolsa bolsas sacco sacchi zak zakken xbg",
        "DZN: dozen dz dtzd dutzend douzaine docena dozzina dozijn dzn",
        "MIL: thousand tausend tsd mille millar migliaio duizend mil",
        "CEN: hundred hundert centaine ciento centinaio honderd",
        "LS: pauschal pauschale psch pau lump lumpsum ls forfait forfaitaire forfettario vast",
        "P1: % percent prozent",
    }.SelectMany(row => Words(row)).DistinctBy(pair => pair.Word).ToFrozenDictionary(pair => pair.Word, pair => pair.Code, StringComparer.OrdinalIgnoreCase);

    /// <summary>Returns the code of a printed unit, or null where the word is not known: the word is then kept without a code.</summary>
    public static string? CodeOf(string printed)
    {
        ArgumentNullException.ThrowIfNull(printed);
        var word = printed.Trim().Replace(".", "", StringComparison.Ordinal).Replace("(s)", "", StringComparison.OrdinalIgnoreCase);
        return word.Length is > 0 and <= 20 && Codes.TryGetValue(word, out var code) ? code : null;
    }

    private static IEnumerable<(string Word, string Code)> Words(string row)
    {
        var parts = row.Split(": ");
        return parts[1].Split(' ').Select(word => (word, parts[0]));
    }
}
