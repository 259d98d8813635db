using System.Security.Authentication;
using Microsoft.Data.SqlClient;

namespace TaskServices.TextToSql.Execution.SqlServer;

/// <summary>SQL Server's error numbers by meaning (https://learn.microsoft.com/sql/relational-databases/errors-events/database-engine-events-and-errors).</summary>
internal static class SqlServerErrors
{
    /// <summary>Severity from which on the server ends the connection.</summary>
    private const int Fatal = 20;

    /// <summary>The driver's own number.</summary>
    private const int NoEncryption = 20;

    /// <summary>Names a failure that needs no more than its number; null for others.</summary>
    public static TextToSqlException? ToTyped(SqlException exception, string place) => exception.Number switch
    {
        -2 => new("QUERY_TIMED_OUT", "The query did not finish in time; ask for less, or narrow it.", exception),
        8649 => new("QUERY_TOO_EXPENSIVE", "The server expects the query to cost more than is allowed. Narrow the question.", exception),
        1205 or 1222 => new("DATABASE_LOCKED", $"{place}: another session holds what the query needs; try again.", exception),
        911 or 4060 => new("DATABASE_NOT_FOUND", $"{place}: the server has no such database, or the login may not open it.", exception),
        191 or 530 or 701 or 1101 or 1105 or 8618 or 8621 or 8623 or 8631 or 8632 =>
            new("QUERY_TOO_LARGE", "The statement is larger than the engine is allowed to handle; ask for less.", exception),
        8645 or 8651 or 10928 or 10929 or 17809 or 40501 or 40613 or 49918 or 49919 or 49920 =>
            new("DATABASE_BUSY", $"{place}: the server has no room for another query; try again.", exception),
        _ => null,
    };

    /// <summary>Missing rights, a read-only database, or no plain SELECT.</summary>
    public static bool IsRefusal(int number) => number is 102 or 105 or 156 or 229 or 230 or 262 or 297 or 300 or 319 or 916 or 3906 or 15247 or 15281 or 15562;

    /// <summary>The server has no encryption, or a certificate that is not trusted.</summary>
    public static bool IsFailedEncryption(SqlException exception) =>
        exception.Number is NoEncryption || exception.InnerException is AuthenticationException or { InnerException: AuthenticationException };

    /// <summary>Failures of the network have the severity of a lost connection, whatever number the system gave.</summary>
    public static bool IsLostConnection(SqlException exception) => exception.Class >= Fatal;
}
