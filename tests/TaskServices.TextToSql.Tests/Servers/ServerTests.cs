using MySqlConnector;
using Npgsql;
using TaskServices.Testing.Servers;

namespace TaskServices.TextToSql.Tests.Servers;

public class ServerTests
{
    [Fact]
    public void RealPostgres_Started_AnswersAndIsNotRoot()
    {
        var database = RealPostgres.TryCreateDatabase();
        Assert.SkipWhen(database is null, RealPostgres.Absent);
        using var connection = new NpgsqlConnection(database);
        connection.Open();
        using var command = new NpgsqlCommand("SELECT current_setting('lc_collate')", connection);
        Assert.Equal("C", command.ExecuteScalar());
    }

    [Fact]
    public void RealMariaDb_Started_Answers()
    {
        var database = RealMariaDb.TryCreateDatabase();
        Assert.SkipWhen(database is null, RealMariaDb.Absent);
        using var connection = new MySqlConnection(database);
        connection.Open();
        using var command = new MySqlCommand("SELECT VERSION()", connection);
        Assert.Contains("MariaDB", (string)command.ExecuteScalar()!, StringComparison.Ordinal);
    }
}
