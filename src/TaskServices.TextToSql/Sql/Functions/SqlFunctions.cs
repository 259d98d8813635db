using System.Collections.Frozen;
using System.Globalization;
using TaskServices.TextToSql.Schema;

namespace TaskServices.TextToSql.Sql.Functions;

/// <summary>Every function that queries may use; what is not here does not exist for the guard.</summary>
/// <remarks>
/// Left out on purpose: whatever has side effects, reads files, settings, catalogs or other sessions, runs SQL given as text, or builds
/// huge values (repeat, space, zeroblob, generate_series, printf).
/// </remarks>
internal static class SqlFunctions
{
    /// <summary>
    /// Name, kind (scalar, aggregate, window), fewest and most arguments, type of the result (number, text, time, boolean, other, or "=" for
    /// that of the first argument), then the spelling on SQLite, PostgreSQL, MySQL, SQL Server and DuckDB: "=" as the name, "-" absent.
    /// </summary>
    private const string Table = """
        count a 0 1 n = = = = =
        sum a 1 1 n = = = = =
        avg a 1 1 n = = = = =
        favg a 1 1 n - - - - =
        min a 1 1 = = = = = =
        max a 1 1 = = = = = =
        total a 1 1 n = - - - -
        group_concat a 1 2 t = string_agg = string_agg string_agg
        any_value a 1 1 = - = = - =
        array_agg a 1 1 o - = - - =
        list a 1 1 o - - - - =
        bool_and a 1 1 b - = - - =
        bool_or a 1 1 b - = - - =
        count_if a 1 1 n - - - - =
        approx_count_distinct a 1 1 n - - - = =
        arg_max a 2 2 = - - - - =
        arg_min a 2 2 = - - - - =
        stddev_samp a 1 1 n - = = stdev =
        stddev_pop a 1 1 n - = = stdevp =
        var_samp a 1 1 n - = = var =
        var_pop a 1 1 n - = = varp =
        corr a 2 2 n - = - - =
        covar_pop a 2 2 n - = - - =
        covar_samp a 2 2 n - = - - =
        regr_slope a 2 2 n - = - - =
        regr_intercept a 2 2 n - = - - =
        median a 1 1 n - - - - =
        mode a 0 1 = - = - - =
        quantile_cont a 2 2 n - - - - =
        percentile_cont a 1 1 n - = - = =
        percentile_disc a 1 1 n - = - = =
        json_agg a 1 1 o - = - - -
        json_group_array a 1 1 o = - - - =
        json_arrayagg a 1 1 o - - = - -
        row_number w 0 0 n = = = = =
        rank w 0 0 n = = = = =
        dense_rank w 0 0 n = = = = =
        percent_rank w 0 0 n = = = = =
        cume_dist w 0 0 n = = = = =
        ntile w 1 1 n = = = = =
        lag w 1 3 = = = = = =
        lead w 1 3 = = = = = =
        first_value w 1 1 = = = = = =
        last_value w 1 1 = = = = = =
        nth_value w 2 2 = = = = - =
        abs s 1 1 n = = = = =
        ceil s 1 1 n = = = ceiling =
        floor s 1 1 n = = = = =
        round s 1 2 n = = = = =
        trunc s 1 2 n = = truncate - =
        sign s 1 1 n = = = = =
        sqrt s 1 1 n = = = = =
        exp s 1 1 n = = = = =
        ln s 1 1 n = = = log =
        log10 s 1 1 n = log = = =
        log2 s 1 1 n = - = - =
        power s 2 2 n = = = = =
        pi s 0 0 n = = = = =
        sin s 1 1 n = = = = =
        cos s 1 1 n = = = = =
        tan s 1 1 n = = = = =
        asin s 1 1 n = = = = =
        acos s 1 1 n = = = = =
        atan s 1 1 n = = = = =
        atan2 s 2 2 n = = = atn2 =
        radians s 1 1 n = = = = =
        degrees s 1 1 n = = = = =
        random s 0 0 n = = rand rand =
        newid s 0 0 o - - - = -
        greatest s 2 64 = max = = = =
        least s 2 64 = min = = = =
        coalesce s 2 64 = = = = = =
        nullif s 2 2 = = = = = =
        length s 1 1 n = = char_length len =
        octet_length s 1 1 n = = length datalength -
        upper s 1 1 t = = = = =
        lower s 1 1 t = = = = =
        initcap s 1 1 t - = - - -
        trim s 1 2 t = btrim - = =
        ltrim s 1 2 t = = = = =
        rtrim s 1 2 t = = = = =
        replace s 3 3 t = = = = =
        substr s 2 3 t = = = substring =
        instr s 2 2 n = strpos = charindex =
        left s 2 2 t - = = = =
        right s 2 2 t - = = = =
        reverse s 1 1 t - = = = =
        concat s 1 64 t = = - = =
        concat_ws s 2 64 t = = = = =
        lpad s 2 3 t - = = - =
        rpad s 2 3 t - = = - =
        split_part s 3 3 t - = - - =
        string_split s 2 2 o - - - - =
        substring_index s 3 3 t - - = - -
        starts_with s 2 2 b - = - - =
        ends_with s 2 2 b - - - - =
        contains s 2 2 b - - - - =
        translate s 3 3 t - = - = =
        ascii s 1 1 n unicode = = = =
        chr s 1 1 t char = char char =
        soundex s 1 1 t - - = = -
        md5 s 1 1 t - = = - =
        hex s 1 1 t = - = - =
        typeof s 1 1 t = - - - =
        printf s 2 8 t = - - - -
        regexp_replace s 3 3 t - = = - =
        regexp_like s 2 2 b - - = - -
        regexp_matches s 2 2 b - - - - =
        regexp_substr s 2 2 t - = = - -
        regexp_extract s 2 3 t - - - - =
        current_date s 0 0 d = = = - =
        current_time s 0 0 d = = = - =
        current_timestamp s 0 0 d = = = = =
        date s 0 8 d = - = - -
        time s 0 8 d = - = - -
        datetime s 0 8 d = - - - -
        julianday s 0 8 n = - - - -
        unixepoch s 0 8 n = - - - -
        strftime s 1 8 t = - - - -
        date_trunc s 2 2 d - = - datetrunc =
        datediff s 3 3 n - - = = date_diff
        datename s 2 2 t - - - = -
        timestampdiff s 3 3 n - - = - -
        age s 1 2 o - = - - =
        to_char s 2 2 t - = - - -
        to_date s 2 2 d - = - - -
        to_timestamp s 1 2 d - = - - =
        make_date s 3 3 d - = - - =
        date_format s 2 2 t - - = - -
        format_time s 2 2 t - - - - strftime
        parse_time s 2 2 d - - str_to_date - strptime
        format s 2 3 t - - - = -
        last_day s 1 1 d - - = - =
        eomonth s 1 2 d - - - = -
        datefromparts s 3 3 d - - - = -
        dayname s 1 1 t - - = - =
        monthname s 1 1 t - - = - =
        weekday s 1 1 n - - = - =
        dayofweek s 1 1 n - - = - =
        week s 1 2 n - - = - -
        yearweek s 1 2 n - - = - -
        to_days s 1 1 n - - = - -
        unix_timestamp s 0 1 n - - = - -
        from_unixtime s 1 2 d - - = - -
        json_extract s 2 2 o = - = - =
        json_extract_string s 2 2 t - - - - =
        json_unquote s 1 1 t - - = - -
        json_value s 2 2 t - - = = =
        json_array_length s 1 2 n = = - - =
        json_length s 1 2 n - - = - -
        json_type s 1 2 t = - = - =
        json_valid s 1 1 b = - = - =
        jsonb_array_length s 1 1 n - = - - -
        json_extract_path_text s 2 8 t - = - - -
        jsonb_extract_path_text s 2 8 t - = - - -
        array_length s 1 2 n - = - - =
        array_to_string s 2 2 t - = - - =
        cardinality s 1 1 n - = - - -
        rollup s 1 16 o - = = = =
        cube s 1 16 o - = - = =
        grouping s 1 16 n - = = = =
        """;

    private static readonly FrozenDictionary<string, SqlFunction> ByName = Table
        .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        .Select(Parse).ToFrozenDictionary(function => function.Name);

    public static IEnumerable<SqlFunction> All => ByName.Values;

    /// <summary>Finds a function by its name in the AST.</summary>
    public static SqlFunction? Find(string name) => ByName.GetValueOrDefault(name);

    /// <summary>Gets a dialect's word for a function; the name itself where the function is not known there.</summary>
    public static string Spell(string name, SqlDialect dialect) => Find(name)?.Spellings.GetValueOrDefault(dialect) ?? name;

    public static bool IsAggregate(string name) => Find(name)?.Kind is FunctionKind.Aggregate;

    private static SqlFunction Parse(string line)
    {
        var parts = line.Split(' ');
        var name = parts[0];
        var spellings = new Dictionary<SqlDialect, string>();
        foreach (var dialect in Enum.GetValues<SqlDialect>())
        {
            var spelling = parts[5 + (int)dialect];
            if (spelling is not "-")
                spellings[dialect] = spelling is "=" ? name : spelling;
        }

        var kind = parts[1] switch { "a" => FunctionKind.Aggregate, "w" => FunctionKind.Window, _ => FunctionKind.Scalar };
        ColumnType? type = parts[4] switch
        {
            "n" => ColumnType.Number,
            "t" => ColumnType.Text,
            "d" => ColumnType.Time,
            "b" => ColumnType.Boolean,
            "o" => ColumnType.Other,
            _ => null,
        };
        return new(name, kind, int.Parse(parts[2], CultureInfo.InvariantCulture), int.Parse(parts[3], CultureInfo.InvariantCulture), type, spellings.ToFrozenDictionary());
    }
}
