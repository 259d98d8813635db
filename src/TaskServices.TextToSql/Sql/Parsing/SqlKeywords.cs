using System.Collections.Frozen;

namespace TaskServices.TextToSql.Sql.Parsing;

/// <summary>Words with a meaning of their own. The parser never takes a reserved word for a name; the printer always quotes one.</summary>
internal static class SqlKeywords
{
    private static readonly string[] Common =
        Words("""
            all alter and any as asc between by case check collate commit constraint create cross default delete desc distinct drop
            else end escape except exists false fetch for foreign from full group having ilike in inner insert intersect interval into is
            join lateral left like limit natural not null offset on or order outer over partition primary qualify references returning
            right rollback select set some table then to true union unique update using values when where window with
            """);

    private static readonly FrozenSet<string> CommonWords = Common.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenDictionary<SqlDialect, FrozenSet<string>> Reserved = new Dictionary<SqlDialect, string>
    {
        [SqlDialect.Sqlite] =
            "add autoincrement commit deferrable glob index isnull nothing notnull transaction regexp",
        [SqlDialect.Postgres] =
            """
            analyse analyze array asymmetric cast authorization binary both collation column concurrently current_catalog current_date current_role
            current_schema current_time current_timestamp current_user deferrable do freeze grant initially isnull leading localtime
            localtimestamp notnull only overlaps placing session_user similar symmetric tablesample trailing user variadic verbose
            """,
        [SqlDialect.MySql] =
            """
            accessible add analyze asensitive before bigint binary blob both call cascade cast change char character column condition continue
            convert current_date current_time current_timestamp current_user cursor database databases day_hour day_microsecond day_minute
            day_second dec decimal declare delayed describe deterministic distinctrow div double dual each elseif enclosed escaped exit
            explain float force fulltext generated get grant groups high_priority hour_microsecond hour_minute hour_second if ignore index
            infile inout insensitive int integer iterate key keys kill leading leave linear lines load localtime localtimestamp lock long
            longblob longtext loop low_priority match mediumblob mediumint mediumtext middleint mod modifies numeric of optimize option
            optionally out outfile percent_rank cume_dist dense_rank first_value lag last_value lead nth_value ntile rank row_number row
            rows precision procedure purge range read reads real recursive regexp release rename repeat replace require resignal restrict
            return revoke rlike schema schemas sensitive separator show signal smallint spatial specific sql sqlexception sqlstate
            sqlwarning ssl starting straight_join system terminated tinyblob tinyint tinytext trailing trigger undo unlock unsigned usage
            use utc_date utc_time utc_timestamp varbinary varchar varying virtual while write xor year_month zerofill cube current_role
            delete_domain_id do_domain_ids empty function grouping ignore_domain_ids io_after_gtids io_before_gtids json_table manual
            master_bind master_demote_to_replica master_demote_to_slave master_ssl_verify_server_cert maxvalue member minute_microsecond
            minute_second no_write_to_binlog optimizer_costs page_checksum parallel parse_vcol_expr portion read_write ref_system_id
            second_microsecond sql_big_result sql_calc_found_rows sql_small_result stats_auto_recalc stats_persistent stats_sample_pages
            stored varcharacter
            """,
        [SqlDialect.SqlServer] =
            """
            add authorization backup begin break browse bulk cascade cast checkpoint close clustered coalesce column compute contains containstable
            continue convert current current_date current_time current_timestamp current_user cursor database dbcc deallocate declare deny
            disk distributed double dump errlvl exec execute exit external file fillfactor freetext freetexttable function goto grant
            holdlock identity identity_insert identitycol if index key kill lineno load merge national nocheck nonclustered nullif of off
            offsets open opendatasource openquery openrowset openxml option percent pivot plan precision print proc procedure public
            raiserror read readtext reconfigure replication restore restrict return revert revoke rowcount rowguidcol rule save schema
            securityaudit session_user setuser shutdown statistics system_user tablesample textsize top tran transaction trigger truncate
            try_convert tsequal unpivot updatetext use user varying view waitfor while within writetext
            """,
        [SqlDialect.DuckDb] =
            """
            analyse analyze anti array asof asymmetric both cast collation column concurrently current_date current_time current_timestamp
            deferrable describe do glob grant initially isnull leading map notnull only pivot pivot_longer pivot_wider placing positional
            semi show similar summarize symmetric tablesample trailing unpivot variadic at authorization binary freeze lambda overlaps
            unpack verbose
            """,
    }.ToFrozenDictionary(
        pair => pair.Key, pair => Common.Concat(Words(pair.Value)).ToFrozenSet(StringComparer.OrdinalIgnoreCase));

    /// <summary>Words that begin or continue a statement somewhere: never an alias without AS.</summary>
    private static readonly FrozenSet<string> NotBareAliases = Words("""
        abort add after alter analyze anti apply asof attach authorization backup begin binlog break bulk call change checkpoint checksum close
        cluster clone comment commit continue copy cross cube dbcc deallocate declare delete deny describe detach disable discard do drop
        dump enable end except exec execute exit explain export fetch flush force from full get glob go goto grant group handler having
        holdlock if ignore ilike import in inner insert install intersect into is isnull join kill lateral left like limit listen load
        lock match merge minus natural notify notnull nulls offset on open optimize option or order outer over outfile partition perform
        pivot positional pragma prepare print procedure purge qualify raiserror range receive reconfigure refresh regexp reindex release
        rename repair replace reset resignal restore return revert revoke right rlike rollback rows save savepoint security select semi
        separator set shared show shutdown signal similar start straight_join summarize tablesample truncate try union unlisten unlock
        unpivot unset update use using vacuum values waitfor when where while window with within xor and as asc between by case collate
        desc escape else then to xlock
        """).ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Words that begin an expression or a window's frame where they stand bare, though some servers take them for names elsewhere.</summary>
    private static readonly FrozenSet<string> ExpressionWords = Words("""
        any array both cast current_catalog current_date current_time current_timestamp current_user exists extract interval localtime localtimestamp
        groups leading map range row rows session_user some struct system_user trailing try_cast user
        """).ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Gets whether a name must stand in quotes wherever it is written.</summary>
    public static bool NeedsQuotes(string word, SqlDialect dialect) => IsReserved(word, dialect) || ExpressionWords.Contains(word);

    /// <summary>Gets every word that means something somewhere.</summary>
    public static IEnumerable<string> All => Reserved.Values.SelectMany(words => words).Concat(NotBareAliases).Concat(ExpressionWords).Distinct(StringComparer.OrdinalIgnoreCase);

    /// <summary>Gets whether a word has a meaning in every dialect.</summary>
    public static bool IsCommon(string word) => CommonWords.Contains(word);

    public static bool IsReserved(string word, SqlDialect dialect) => Reserved[dialect].Contains(word);

    public static bool MayBeBareAlias(string word, SqlDialect dialect) => !IsReserved(word, dialect) && !NotBareAliases.Contains(word);

    private static string[] Words(string text) => text.Split((char[])[' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries);
}
