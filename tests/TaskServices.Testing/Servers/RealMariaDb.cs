using System.Globalization;
using MySqlConnector;

namespace TaskServices.Testing.Servers;

/// <summary>A MariaDB server of the tests' own, started once in each test process, with the engine's default settings of SQL.</summary>
public static class RealMariaDb
{
    /// <summary>What a test says when it skips.</summary>
    public const string Absent = "MariaDB is not installed (apt-get install mariadb-server)";

    private static readonly Lazy<TemporaryServer?> Server = new(StartServer);
    private static int _databases;

    /// <summary>Creates an empty database and gets the connection string of its owner, an administrator; null where MariaDB is not installed.</summary>
    public static string? TryCreateDatabase()
    {
        if (Server.Value is not { } server)
            return null;
        var name = "test" + Interlocked.Increment(ref _databases);
        using var connection = new MySqlConnection(ConnectionString(server, "mysql", "owner"));
        connection.Open();
        using var command = new MySqlCommand("CREATE DATABASE " + name, connection);
        command.ExecuteNonQuery();
        return ConnectionString(server, name, "owner");
    }

    private static string ConnectionString(TemporaryServer server, string database, string user) => new MySqlConnectionStringBuilder
    {
        Server = "127.0.0.1",
        Port = (uint)server.Port,
        UserID = user,
        Password = server.Password,
        Database = database,
    }.ToString();

    private static TemporaryServer? StartServer()
    {
        var program = TemporaryServer.FindProgram("/usr/sbin/mariadbd", "/usr/sbin/mysqld");
        var install = TemporaryServer.FindProgram("/usr/bin/mariadb-install-db", "/usr/bin/mysql_install_db");
        if (program is null || install is null)
            return null;
        var server = new TemporaryServer();
        var data = Path.Combine(server.Folder, "data");
        server.Prepare(install, "--no-defaults", "--datadir=" + data, "--auth-root-authentication-method=normal", "--skip-test-db", "--skip-name-resolve");
        var users = server.WriteFile(
            "users.sql", $"CREATE USER owner@'127.0.0.1' IDENTIFIED BY '{server.Password}';\nGRANT ALL ON *.* TO owner@'127.0.0.1' WITH GRANT OPTION;\nDROP USER IF EXISTS root@localhost;\n");
        server.Start(
            "TERM",
            program,
            [
                "--no-defaults", "--datadir=" + data, "--port=" + server.Port.ToString(CultureInfo.InvariantCulture), "--bind-address=127.0.0.1",
                "--socket=" + Path.Combine(server.Folder, "socket"), "--pid-file=" + Path.Combine(server.Folder, "pid"), "--init-file=" + users,
                "--skip-name-resolve", "--innodb-buffer-pool-size=64M", "--innodb-flush-log-at-trx-commit=0", "--max-connections=300",
                "--character-set-server=utf8mb4", "--skip-log-bin", "--tmpdir=" + server.Folder,
            ],
            () =>
            {
                using var connection = new MySqlConnection(ConnectionString(server, "mysql", "owner"));
                connection.Open();
            });
        return server;
    }
}
