using System.Collections.Frozen;
using Dapper;
using Microsoft.Data.Sqlite;
using SQLitePCL;
using TaskServices.TextToSql.Guard;

namespace TaskServices.TextToSql.Execution;

/// <summary>The engine's own fence below the guard: SQLite asks it about every part of a statement while compiling it.</summary>
/// <remarks>
/// An allow-list: SELECT, reading a granted column, calling a known function, recursion. Everything else (writes, DDL, PRAGMA, ATTACH,
/// VACUUM INTO, temporary objects, virtual tables, system tables) does not compile, even if the guard above had let it through.
/// A view is readable where the columns behind it are granted too.
/// </remarks>
internal sealed class SqliteFence
{
    private const int MaxStatementBytes = 1_000_000;
    private const int MaxValueBytes = 64 << 20;

    private static readonly FrozenSet<string> Functions = FrozenSet.ToFrozenSet(
        [
            "abs", "acos", "acosh", "asin", "asinh", "atan", "atan2", "atanh", "avg", "ceil", "ceiling", "char", "coalesce", "concat", "concat_ws",
            "cos", "cosh", "count", "cume_dist", "date", "datetime", "degrees", "dense_rank", "exp", "first_value", "floor", "format", "glob",
            "group_concat", "hex", "if", "ifnull", "iif", "instr", "json", "json_array", "json_array_length", "json_extract", "json_object", "json_quote",
            "json_type", "json_valid", "julianday", "lag", "last_value", "lead", "length", "like", "likelihood", "likely", "ln", "log", "log10",
            "log2", "lower", "ltrim", "max", "median", "min", "mod", "nth_value", "ntile", "nullif", "octet_length", "percent_rank", "pi", "pow",
            "power", "printf", "quote", "radians", "random", "rank", "replace", "round", "row_number", "rtrim", "sign", "sin", "sinh", "sqrt",
            "strftime", "string_agg", "substr", "substring", "sum", "tan", "tanh", "time", "timediff", "total", "trim", "trunc", "typeof",
            "unicode", "unixepoch", "unlikely", "upper", "->", "->>",
        ],
        StringComparer.OrdinalIgnoreCase);

    private readonly AccessGrant _grant;
    private readonly HashSet<string> _objectNames;

    private SqliteFence(AccessGrant grant, HashSet<string> objectNames)
    {
        _grant = grant;
        _objectNames = objectNames;
    }

    /// <summary>Puts the fence around a connection, for as long as it lives.</summary>
    public static void Raise(SqliteConnection connection, AccessGrant grant, int parameterCount = 0)
    {
        // Names that mean something to the engine; any other name in a FROM can only be a common table of the statement itself.
        var names = connection
            .Query<string>("SELECT name FROM sqlite_master WHERE type IN ('table', 'view') UNION ALL SELECT name FROM pragma_module_list")
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
        var handle = connection.Handle!;
        raw.sqlite3_limit(handle, raw.SQLITE_LIMIT_SQL_LENGTH, MaxStatementBytes);
        raw.sqlite3_limit(handle, raw.SQLITE_LIMIT_LENGTH, MaxValueBytes);
        raw.sqlite3_limit(handle, raw.SQLITE_LIMIT_EXPR_DEPTH, 500);
        raw.sqlite3_limit(handle, raw.SQLITE_LIMIT_COMPOUND_SELECT, 50);
        raw.sqlite3_limit(handle, raw.SQLITE_LIMIT_FUNCTION_ARG, 100);
        raw.sqlite3_limit(handle, raw.SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 1_000);
        raw.sqlite3_limit(handle, raw.SQLITE_LIMIT_VARIABLE_NUMBER, parameterCount);
        raw.sqlite3_set_authorizer(handle, Authorize, new SqliteFence(grant, names));
    }

    private static int Authorize(object state, int action, string first, string second, string database, string accessor)
    {
        var fence = (SqliteFence)state;
        var allowed = action switch
        {
            raw.SQLITE_SELECT or raw.SQLITE_RECURSIVE => true,
            raw.SQLITE_FUNCTION => Functions.Contains(second ?? ""),
            raw.SQLITE_READ => fence.AllowsRead(first ?? "", second ?? "", database),
            _ => false,
        };
        return allowed ? raw.SQLITE_OK : raw.SQLITE_DENY;
    }

    private bool AllowsRead(string table, string column, string? database)
    {
        if (database is not (null or "main"))
            return false;

        // No column is read: count(*), EXISTS. The engine then names whatever stands in FROM, common tables included.
        if (column.Length == 0)
            return _grant.AllowsEngineTable(table) || !IsEngineName(table);

        return _grant.AllowsEngineRead(table, column);
    }

    private bool IsEngineName(string name) =>
        _objectNames.Contains(name)
        || name.StartsWith("sqlite_", StringComparison.OrdinalIgnoreCase)
        || name.StartsWith("pragma_", StringComparison.OrdinalIgnoreCase);
}
