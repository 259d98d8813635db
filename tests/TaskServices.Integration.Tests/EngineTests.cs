using System.Data.Common;
using DuckDB.NET.Data;
using MySqlConnector;
using Npgsql;
using TaskServices.Cli;
using TaskServices.Testing.Servers;
using TaskServices.TextToSql.Execution;
using TaskServices.TextToSql.Generation;

namespace TaskServices.Integration.Tests;

/// <summary>The bundled model's answers on real servers, by the URLs that users write.</summary>
public sealed class EngineTests
{
    private const string Script = """
        CREATE TABLE customer(customer_id INTEGER PRIMARY KEY, first_name VARCHAR(40), country VARCHAR(40));
        CREATE TABLE invoice(invoice_id INTEGER PRIMARY KEY, customer_id INTEGER, total DECIMAL(10,2), FOREIGN KEY (customer_id) REFERENCES customer(customer_id));
        INSERT INTO customer VALUES (1, 'Ana', 'Brazil'), (2, 'Bruno', 'Brazil'), (3, 'Carl', 'Norway');
        INSERT INTO invoice VALUES (1, 1, 2.50), (2, 1, 4.00), (3, 3, 1.25);
        """;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("postgres")]
    [InlineData("mariadb")]
    [InlineData("duckdb")]
    public async Task GenerateAndExecute_RealEngine_GiveTheRightRows(string engine)
    {
        using var folder = new DuckDbFolder();
        var url = await FillAsync(engine, folder.File);
        await using var session = await Composition.OpenTextToSqlAsync(
            ModelChoice.From(model: null, adapter: null, cache: null), new Dictionary<string, string> { ["shop"] = url }, Cancellation);

        Assert.Equal([[2L]], await AskAsync(session.TextToSql, "How many customers are from Brazil?"));
        Assert.Equal([["Ana"], ["Bruno"], ["Carl"]], await AskAsync(session.TextToSql, "Show the first names of all customers ordered by first name."));
        Assert.True(session.TextToSql.Validate("shop", "SELECT count(*) FROM customer").Accepted);
        Assert.False(session.TextToSql.Validate("shop", "DELETE FROM customer").Accepted);
    }

    private static async Task<List<object?[]>> AskAsync(ITextToSql textToSql, string question)
    {
        var prediction = await textToSql.GenerateAsync("shop", question, Cancellation);
        Assert.True(prediction.Status is PredictionStatus.Answered, prediction.Message);
        await using var result = await textToSql.ExecuteAsync("shop", prediction, QueryLimits.Default, Cancellation);
        return await result.ReadRowsAsync(Cancellation).ToListAsync(Cancellation);
    }

    private static async Task<string> FillAsync(string engine, string file)
    {
        switch (engine)
        {
            case "postgres":
                var postgres = RealPostgres.TryCreateDatabase();
                Assert.SkipWhen(postgres is null, RealPostgres.Absent);
                await RunAsync(new NpgsqlConnection(postgres));
                var p = new NpgsqlConnectionStringBuilder(postgres);
                return $"postgres://{p.Username}:{p.Password}@{p.Host}:{p.Port}/{p.Database}";
            case "mariadb":
                var mariaDb = RealMariaDb.TryCreateDatabase();
                Assert.SkipWhen(mariaDb is null, RealMariaDb.Absent);
                await RunAsync(new MySqlConnection(mariaDb));
                var m = new MySqlConnectionStringBuilder(mariaDb);
                return $"mariadb://{m.UserID}:{m.Password}@{m.Server}:{m.Port}/{m.Database}";
            default:
                await RunAsync(new DuckDBConnection("DataSource=" + file));
                return "duckdb:" + file;
        }
    }

    private static async Task RunAsync(DbConnection connection)
    {
        await using (connection)
        {
            await connection.OpenAsync(Cancellation);
            await using var command = connection.CreateCommand();
            command.CommandText = Script;
            await command.ExecuteNonQueryAsync(Cancellation);
        }
    }

    private sealed class DuckDbFolder : IDisposable
    {
        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("taskservices-engines-");

        public string File => Path.Combine(_folder.FullName, "shop.duckdb");

        public void Dispose() => _folder.Delete(recursive: true);
    }
}
