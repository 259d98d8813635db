namespace TaskServices.TextToSql.Sql.Functions;

/// <summary>The text of the function table; <c>docs/functions.md</c> shows it.</summary>
/// <remarks>
/// A line is: name in the AST; a(ggregate), w(indow) or s(calar); kinds of the arguments (n number, t text, d date or time, b truth, j JSON, x any; from
/// ? on optional, * any number more of the last; 0 none); kind of the result (also o other, = that of the first argument); when the result is NULL (any, values, first,
/// own, never: see <see cref="NullBehaviour"/>); the spelling on SQLite, PostgreSQL, MySQL, SQL Server and DuckDB (= the name, - absent, others that are
/// read too after |); then the meaning. Only what means the same shares a line.
/// </remarks>
internal static class FunctionTable
{
    public const string Aggregates = """
        count a ?x n never = = = =|count_big = # values that are not NULL; of *, rows
        sum a n n values = = = = = # sum
        avg a n n values = = = = = # mean
        favg a n n values - - - - = # mean by Kahan's summation, as SQLite computes it
        min a x = values = = = = = # least value
        max a x = values = = = = = # greatest value
        total a n n never = - - - - # sum, 0 of nothing
        group_concat a x?t t values =|string_agg string_agg = string_agg string_agg|group_concat|listagg # texts joined by a separator
        any_value a x = values - = = - =|arbitrary # a value of the group; MariaDB has it not
        array_agg a x o values - = - - = # list of the values
        list a x o values - - - - = # list of the values
        bool_and a b b values - =|every - - = # whether all are true
        bool_or a b b values - = - - = # whether any is true
        count_if a b n never - - - - =|countif # how many are true
        approx_count_distinct a x n never - - - = = # about how many different values
        arg_max a xx = values - - - - =|max_by # first argument where the second is greatest
        arg_min a xx = values - - - - =|min_by # first argument where the second is least
        stddev_samp a n n values - =|stddev = stdev =|stddev # standard deviation of a sample; MariaDB gives four digits for whole numbers
        stddev_pop a n n values - = =|std|stddev stdevp = # standard deviation of a population; MariaDB gives four digits for whole numbers
        var_samp a n n values - =|variance = var =|variance # variance of a sample; MariaDB gives four digits for whole numbers
        var_pop a n n values - = =|variance varp = # variance of a population; MariaDB gives four digits for whole numbers
        corr a nn n values - = - - = # correlation
        covar_pop a nn n values - = - - = # covariance of a population
        covar_samp a nn n values - = - - = # covariance of a sample
        regr_slope a nn n values - = - - = # slope of the line through (second, first)
        regr_intercept a nn n values - = - - = # where that line meets 0
        median a n n values - - - - = # middle value, interpolated
        mode a x = values - - - - = # most frequent value
        mode_within a 0 o values - mode - - - # most frequent value of WITHIN GROUP
        quantile_cont a nn n values - - - - =|quantile # quantile, interpolated
        percentile_cont a n n values - = - = = # quantile of WITHIN GROUP, interpolated
        percentile_disc a n n values - = - = = # quantile of WITHIN GROUP, a stored value
        json_agg a x o values - = - - - # JSON array of the values
        json_group_array a x o never = - - - = # JSON array of the values
        json_arrayagg a x o values - - = - - # JSON array of the values
        grouping a x* n never - = = = = # which columns a row of ROLLUP or CUBE sums over
        """;

    public const string Windows = """
        row_number w 0 n never = = = = = # position
        rank w 0 n never = = = = = # position, equal ones share it, with gaps
        dense_rank w 0 n never = = = = = # position, equal ones share it, without gaps
        percent_rank w 0 n never = = = = = # rank from 0 to 1
        cume_dist w 0 n never = = = = = # share of rows up to this one
        ntile w n n never = = = = = # number of the part that the row falls into
        lag w x?nx = own = = = = = # value of an earlier row; MariaDB knows no third argument
        lead w x?nx = own = = = = = # value of a later row; MariaDB knows no third argument
        first_value w x = own = = = = = # value of the frame's first row
        last_value w x = own = = = = = # value of the frame's last row
        nth_value w xn = own = = = - = # value of the frame's nth row
        """;

    public const string Numbers = """
        abs s n n any = = = = = # absolute value
        ceil s n n any =|ceiling =|ceiling =|ceiling ceiling =|ceiling # next whole number above
        floor s n n any = = = = = # next whole number below
        round s n?n n any = = = = = # rounded, halves away from 0
        trunc s n?n n any = = truncate - = # without the digits behind the point, or so many of them; MySQL takes both arguments
        mod s nn n any = = = - = # remainder with the sign of the first
        sign s n n any = = = = = # -1, 0 or 1
        sqrt s n n any = = = = = # square root
        exp s n n any = = = = = # e to the power
        ln s n n any = = =|log log = # natural logarithm
        log10 s n n any =|log log|log10 = = =|log # logarithm to base 10
        log2 s n n any = - = - = # logarithm to base 2
        power s nn n any =|pow =|pow =|pow = =|pow # power
        pi s 0 n never = = = = = # pi
        sin s n n any = = = = = # sine
        cos s n n any = = = = = # cosine
        tan s n n any = = = = = # tangent
        asin s n n any = = = = = # inverse sine
        acos s n n any = = = = = # inverse cosine
        atan s n n any = = = = = # inverse tangent
        atan2 s nn n any = = = atn2 = # angle of a point (y, x)
        radians s n n any = = = = = # degrees as radians
        degrees s n n any = = = = = # radians as degrees
        random s 0 n never = = rand rand = # a random number (range differs by engine)
        newid s 0 o never - - - = - # a random identifier
        """;

    public const string Texts = """
        length s t n any =|char_length|character_length =|char_length|character_length char_length|character_length len =|len|char_length|character_length # number of characters; SQL Server without blanks at the end
        octet_length s t n any = = length|octet_length datalength - # number of bytes
        utf8_length s t n any - - - - strlen # number of bytes
        upper s t t any = = =|ucase = =|ucase # in capitals; SQLite: A to Z only
        lower s t t any = = =|lcase = =|lcase # in small letters; SQLite: A to Z only
        initcap s t t any - = - - - # words with a capital
        trim s t?t t any = btrim|trim = = = # without blanks (or the given characters) at both ends
        ltrim s t?t t any = = = = = # without blanks (or the given characters) at the start
        rtrim s t?t t any = = = = = # without blanks (or the given characters) at the end
        replace s ttt t any = = = = = # every occurrence replaced
        substr s tn?n t any =|substring =|substring =|substring|mid substring =|substring # from a position, counted from 1, so many characters
        instr s tt n any = strpos = charindex =|strpos # position of the first occurrence, 0 where there is none
        left s tn t any - = = = = # first characters
        right s tn t any - = = = = # last characters
        reverse s t t any - = = = = # backwards
        repeat s tn t any - = = replicate = # repeated, a written number of at most 100 times
        concat s x* t never = = - = = # joined; NULL counts as empty (MySQL's CONCAT is the operator)
        concat_ws s tx* t first = = = = = # joined by a separator, without NULLs; NULL where the separator is
        lpad s tn?t t any - = = - = # filled at the start to a written length of at most 1,000
        rpad s tn?t t any - = = - = # filled at the end to a written length of at most 1,000
        split_part s ttn t any - = - - = # nth part between separators
        string_split s tt o any - - - - =|string_to_array|str_split # list of the parts between separators
        substring_index s ttn t any - - = - - # all before the nth separator
        starts_with s tt b any - = - - =|prefix # whether it begins so
        ends_with s tt b any - - - - =|suffix # whether it ends so
        contains s tt b any - - - - = # whether it has this inside
        translate s ttt t any - = - = = # characters replaced one by one
        unicode s t n any = ascii - =|ascii unicode # code of the first character
        ascii s t n any - - = - = # code of the first byte or character
        chr s n t any char = char char = # character of a code
        soundex s t t any - - = = - # code of its English sound
        md5 s t t any - = = - = # MD5 in hexadecimal digits
        hex s t t own = - = - = # hexadecimal digits of its bytes; SQLite: empty for NULL
        printf s tx* t own = - - - - # formatted, with widths below 1,000
        regexp_replace s ttt t any - = - - = # first match of a pattern replaced
        regexp_replace_all s ttt t any - - regexp_replace - - # every match of a pattern replaced
        regexp_like s tt b any - - - - =|regexp_full_match # whether a pattern matches the whole
        regexp_matches s tt b any - - regexp_like - = # whether a pattern matches inside
        regexp_substr s tt t own - = - - - # first match of a pattern
        regexp_part s tt t own - - regexp_substr - - # first match of a pattern; MariaDB: empty where there is none
        regexp_extract s tt?n t any - - - - = # first match of a pattern, empty where there is none
        """;

    public const string Dates = """
        current_date s 0 d never = = =|curdate - =|today # today
        current_time s 0 d never = = =|curtime - = # time of day
        current_timestamp s 0 d never = =|now =|now =|getdate|sysdatetime =|now # now
        date s ?xt* d any = - = - - # the day; on SQLite with modifiers
        time s ?xt* d any = - = - - # the time of day; on SQLite with modifiers
        datetime s ?xt* d any = - - - - # day and time with modifiers
        julianday s ?xt* n any = - - - - # days since noon in Greenwich on November 24, 4714 BC
        unixepoch s ?xt* n any = - - - - # seconds since 1970
        strftime s t?xt* t any = - - - - # formatted with % codes and modifiers
        date_trunc s td d any - = - datetrunc = # start of the unit
        datediff s tdd n any - - = = date_diff|datediff # borders of the unit between two dates
        datename s td t any - - - = - # name of a part
        timestampdiff s tdd n any - - = - - # whole units between two dates
        age s d?d o any - = - - = # years, months and days between
        to_char s xt t any - = - - - # formatted
        to_date s tt d any - = - - - # read by a format
        to_timestamp s x?t d any - = - - = # of seconds since 1970, or read by a format
        make_date s nnn d any - = - datefromparts = # year, month, day
        date_format s dt t any - - = - - # formatted with % codes, as MySQL has them
        format_time s dt t any - - - - strftime # formatted with % codes
        parse_time s tt d own - - - - strptime # read by % codes
        str_to_date s tt d own - - = - - # read by % codes, as MySQL has them
        format s xt?t t any - - - = - # formatted by a .NET format
        last_day s d d any - - = - = # last day of the month
        eomonth s d?n d any - - - = - # last day of the month, so many months on
        dayname s d t any - - = - = # English name of the weekday
        monthname s d t any - - = - = # English name of the month
        weekday s d n any - - = - - # weekday, Monday is 0
        dayofweek s d n any - - = - - # weekday, Sunday is 1
        weekofyear s d n any - - = - - # ISO week
        week s d?n n any - - = - - # week by one of MySQL's modes
        yearweek s d?n n any - - = - - # year and week as one number
        to_days s d n any - - = - - # days since year 0
        unix_timestamp s ?d n any - - = - - # seconds since 1970
        from_unixtime s n?t d any - - = - - # moment of seconds since 1970
        """;

    public const string Json = """
        json_extract s jt o own - - = - = # part at a path, as JSON
        json_extract_value s jt o own json_extract - - - - # part at a path, as a value of SQL; other engines get a text
        json_extract_string s jt t own - - - - =|json_extract_path_text # part at a path as text
        json_unquote s x t any - - = - - # text of a JSON string
        json_value s jt t own - - = = - # scalar at a path
        json_scalar s jt o own - - - - json_value # scalar at a path, as JSON
        json_array_length s j?t n own = - - - = # number of items, at a path
        json_item_count s j n any - json_array_length - - - # number of items
        json_length s j?t n own - - = - - # number of items
        json_type s j?t t own = - - - - # type in small letters
        json_type_name s j?t t own - - - - json_type # type in capitals, at a path
        json_kind s j t own - - json_type - - # type in capitals
        json_valid s x b any = - = - = # whether it is JSON
        jsonb_array_length s j n any - = - - - # number of items
        json_extract_path_text s jt* t own - = - - - # part at keys as text
        jsonb_extract_path_text s jt* t own - = - - - # part at keys as text
        array_length s x?n n own - = - - = # number of items
        array_to_string s xt t any - = - - = # items joined by a separator
        cardinality s x n any - = - - - # number of items
        """;

    public const string Conditions = """
        coalesce s xx* = first = = = = = # first argument that is not NULL
        nullif s xx = own = = = = = # NULL where both are equal, else the first
        greatest s xx* = own max = = = = # greatest argument; SQLite and MySQL: NULL if any is
        least s xx* = own min = = = = # least argument; SQLite and MySQL: NULL if any is
        rollup s x* o own - = = = = # in GROUP BY: sums of prefixes too
        cube s x* o own - = - = = # in GROUP BY: sums of all subsets too
        typeof s x t never = - - - - # type of the stored value
        type_name s x t never - - - - typeof # type of the expression
        """;
}
