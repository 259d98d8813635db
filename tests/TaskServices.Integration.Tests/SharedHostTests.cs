using System.Net;
using Google.Rpc;
using Grpc.Core;
using Grpc.Net.Client;
using TaskServices.Cli;
using TaskServices.Testing;
using TaskServices.TextToSql.Generation;
using Proto = TaskServices.Protos.TextToSql.V1;

namespace TaskServices.Integration.Tests;

/// <summary>Two text-to-SQL processes and one inference process with the bundled model.</summary>
public sealed class SharedHostTests
{
    private static readonly string[] Questions =
    [
        "How many customers are there?",
        "How many customers are from Brazil?",
        "List the names of all artists.",
        "What is the average total of invoices?",
    ];

    private static readonly string DatabaseUrl = "sqlite:" + TestFiles.InRepository("examples", "chinook", "Chinook_Sqlite.sqlite");

    private static readonly string[] HostArguments = ["--role", "inference"];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task TwoTaskProcesses_ShareOneHost_AnswerAsInProcessAndSurviveItsDeath()
    {
        var expected = await AnswerInProcessAsync();
        await using var host = await ServeProcess.StartReadyAsync(HostArguments);
        string[] arguments = ["--role", "text-to-sql", "--inference", host.Grpc.ToString(), "--database", "chinook=" + DatabaseUrl];
        await using var first = await ServeProcess.StartReadyAsync(arguments);
        await using var second = await ServeProcess.StartReadyAsync(arguments);
        using var firstChannel = GrpcChannel.ForAddress(first.Grpc);
        using var secondChannel = GrpcChannel.ForAddress(second.Grpc);
        var clients = new[] { firstChannel, secondChannel }.Select(channel => new Proto.TextToSqlService.TextToSqlServiceClient(channel)).ToArray();

        foreach (var answers in await Task.WhenAll(clients.Select(AskAllAsync)))
        {
            Assert.Equal(expected.Select(prediction => prediction.Sql), answers.Select(answer => answer.Sql));
            Assert.Equal(expected.Select(prediction => prediction.Confidence), answers.Select(answer => answer.Confidence));
        }

        // Killed while it works: every call ends, with an answer or with a typed error. New questions, as answers are kept.
        var running = Enumerable.Range(0, 40).Select(i => TryAskAsync(clients[i % 2], $"How many invoices were there in {1990 + i}?")).ToArray();
        await Task.WhenAny(running);
        await host.KillAsync();
        var outcomes = await Task.WhenAll(running);
        Assert.All(outcomes, outcome => Assert.Contains(outcome, (string[])["", "HOST_UNAVAILABLE"]));
        Assert.Contains("HOST_UNAVAILABLE", outcomes);
        foreach (var server in (ServeProcess[])[first, second])
        {
            await server.WaitUntilAsync(ready: false);
            Assert.Equal(HttpStatusCode.OK, await GetAsync(new Uri(server.Rest, "/healthz")));
        }

        await using var restarted = await ServeProcess.StartAsync(host.Rest.Port, host.Grpc.Port, HostArguments);
        await first.WaitUntilAsync(ready: true);
        await second.WaitUntilAsync(ready: true);
        foreach (var answers in await Task.WhenAll(clients.Select(AskAllAsync)))
            Assert.Equal(expected.Select(prediction => prediction.Sql), answers.Select(answer => answer.Sql));
    }

    private static async Task<List<SqlPrediction>> AnswerInProcessAsync()
    {
        await using var host = await Composition.OpenModelAsync(ModelChoice.From(model: null, ModelChoice.NoAdapter, cache: null), new(), Cancellation, new() { MaxAdapterCount = 1 });
        host.Adapters.Load("text-to-sql", TestFiles.InRepository("models", "text-to-sql"));
        var databases = await new ServedDatabases(new Dictionary<string, string> { ["chinook"] = DatabaseUrl }).CheckAsync(Cancellation);
        await using var textToSql = Composition.CreateTextToSql(host, "text-to-sql", databases);
        var predictions = new List<SqlPrediction>();
        foreach (var question in Questions)
            predictions.Add(await textToSql.GenerateAsync("chinook", question, Cancellation));
        return predictions;
    }

    private static async Task<List<Proto.GeneratedSql>> AskAllAsync(Proto.TextToSqlService.TextToSqlServiceClient client)
    {
        var answers = new List<Proto.GeneratedSql>();
        foreach (var question in Questions)
            answers.Add(await AskAsync(client, question));
        return answers;
    }

    private static async Task<Proto.GeneratedSql> AskAsync(Proto.TextToSqlService.TextToSqlServiceClient client, string question) =>
        (await client.GenerateSqlAsync(new() { SchemaId = "chinook", Question = question }, cancellationToken: Cancellation)).GeneratedSql;

    /// <returns>The reason of the error, or nothing where there was an answer.</returns>
    private static async Task<string> TryAskAsync(Proto.TextToSqlService.TextToSqlServiceClient client, string question)
    {
        try
        {
            await AskAsync(client, question);
            return "";
        }
        catch (RpcException exception)
        {
            Assert.Equal(StatusCode.Unavailable, exception.StatusCode);
            Assert.NotNull(exception.GetRpcStatus()!.GetDetail<RetryInfo>());
            return exception.GetRpcStatus()!.GetDetail<ErrorInfo>().Reason;
        }
    }

    private static async Task<HttpStatusCode> GetAsync(Uri uri)
    {
        using var client = new HttpClient();
        using var response = await client.GetAsync(uri, Cancellation);
        return response.StatusCode;
    }
}
