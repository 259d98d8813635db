using System.Globalization;

namespace TaskServices.TextToSql.Execution.SqlServer;

/// <summary>The driver reads code pages from the platform's cultures (ICU) and refuses to run without.</summary>
internal static class SqlServerCultures
{
    private const string Switch = "System.Globalization.Invariant";

    /// <exception cref="TextToSqlException">Reason <c>DATABASE_UNREADABLE</c>: ICU is not installed, or this process was started without.</exception>
    public static void Require(string place)
    {
        if (!AreLoaded())
        {
            throw new TextToSqlException(
                "DATABASE_UNREADABLE",
                $"{place}: SQL Server's driver needs ICU; install it (Debian: apt-get install '^libicu[0-9]+$'), and set DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=0 where that is set to 1.");
        }

        // The runtime obeys the environment, the driver only the program's own setting, which is read once at its first connection.
        AppContext.SetSwitch(Switch, false);
    }

    public static bool AreLoaded()
    {
        try
        {
            return !CultureInfo.GetCultureInfo("en-US").EnglishName.Contains("Invariant", StringComparison.Ordinal);
        }
        catch (CultureNotFoundException)
        {
            return false;
        }
    }
}
