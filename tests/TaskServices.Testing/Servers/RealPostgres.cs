using Npgsql;

namespace TaskServices.Testing.Servers;

/// <summary>A PostgreSQL server of the tests' own, started once in each test process.</summary>
/// <remarks>UTF-8, locale C: text sorts by its bytes, as on SQLite. Nothing is synchronised to disk.</remarks>
public static class RealPostgres
{
    /// <summary>What a test says when it skips.</summary>
    public const string Absent = "PostgreSQL is not installed (apt-get install postgresql)";

    private static readonly Lazy<TemporaryServer?> Server = new(StartServer);
    private static int _databases;

    /// <summary>Creates an empty database and gets the connection string of its owner, a superuser; null where PostgreSQL is not installed.</summary>
    public static string? TryCreateDatabase()
    {
        if (Server.Value is not { } server)
            return null;
        var name = "test" + Interlocked.Increment(ref _databases);
        using var connection = new NpgsqlConnection(ConnectionString(server, "postgres"));
        connection.Open();
        using var command = new NpgsqlCommand("CREATE DATABASE " + name, connection);
        command.ExecuteNonQuery();
        return ConnectionString(server, name);
    }

    private static string ConnectionString(TemporaryServer server, string database) => new NpgsqlConnectionStringBuilder
    {
        Host = "127.0.0.1",
        Port = server.Port,
        Username = "owner",
        Password = server.Password,
        Database = database,
        IncludeErrorDetail = true,
    }.ToString();

    private static TemporaryServer? StartServer()
    {
        var folders = Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql").Order(StringComparer.Ordinal).ToArray() : [];
        if (folders.Length is 0)
            return null;
        var programs = Path.Combine(folders[^1], "bin");
        var server = new TemporaryServer();
        var data = Path.Combine(server.Folder, "data");
        server.Prepare(
            Path.Combine(programs, "initdb"), "-D", data, "-U", "owner", "-A", "scram-sha-256", "--pwfile", server.WriteFile("password", server.Password),
            "-E", "UTF8", "--locale=C", "--no-sync");
        server.Start(
            "INT", // what PostgreSQL calls a fast shutdown: it does not wait for clients
            Path.Combine(programs, "postgres"),
            [
                "-D", data, "-p", server.Port.ToString(System.Globalization.CultureInfo.InvariantCulture), "-h", "127.0.0.1", "-k", server.Folder,
                "-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off", "-c", "shared_buffers=64MB", "-c", "max_connections=300",
            ],
            () =>
            {
                using var connection = new NpgsqlConnection(ConnectionString(server, "postgres"));
                connection.Open();
            });
        return server;
    }
}
