using System.CommandLine;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TaskServices.Cli.Serving;
using TaskServices.Cli.Terminal;
using TaskServices.TextToSql.Configuration;
using TaskServices.TextToSql.Service;

namespace TaskServices.Cli.Commands;

/// <summary><c>serve</c>: gRPC and REST until SIGTERM or Ctrl-C.</summary>
internal static class ServeCommand
{
    private const int DefaultPort = 8080;
    private const int MaxPort = 65_535;

    public static Command Create()
    {
        var role = new Option<string>("--role") { Description = "Services to serve.", DefaultValueFactory = _ => "all" };
        role.AcceptOnlyFromAmong("all", "text-to-sql");
        var port = new Option<int>("--port") { Description = "REST port; 0 takes a free one.", HelpName = "N", DefaultValueFactory = _ => DefaultPort };
        port.RequireRange(0, MaxPort);
        var grpcPort = new Option<int?>("--grpc-port") { Description = "gRPC port (h2c). Default: the REST port plus one.", HelpName = "M" };
        var databases = new Option<string[]>("--database")
        {
            Description = "Database to serve under a name; may be given several times. Default: the bundled Chinook as 'chinook'.",
            HelpName = "NAME=URL",
        };
        var model = new ModelOptions();
        var command = new Command("serve", "Serves gRPC and REST on the loopback interface until SIGTERM or Ctrl-C.") { role, port, grpcPort, databases };
        model.AddTo(command);
        var principal = new PrincipalOptions();
        principal.AddFileTo(command);
        command.SetAction((parsed, cancellationToken) =>
        {
            var restPort = parsed.GetValue(port);
            var chosen = parsed.GetValue(grpcPort) ?? (restPort is 0 ? 0 : restPort + 1);
            if (chosen is < 0 or > MaxPort || (chosen == restPort && chosen is not 0))
            {
                throw CliException.Usage($"--grpc-port must be in [0, {MaxPort}] and differ from --port; it is {chosen}.");
            }

            var configuration = principal.ReadConfiguration(parsed);
            var given = parsed.GetValue(databases) ?? [];
            if (configuration is not null && given.Length > 0)
            {
                throw CliException.Usage("--database and --config cannot be given together: the file lists the databases.");
            }

            return RunAsync(
                restPort, chosen, DatabaseList.Parse(given), configuration, model.Read(parsed),
                parsed.GetValue(GlobalOptions.Format), parsed.GetValue(GlobalOptions.Verbose), cancellationToken);
        });
        ExampleHelpAction.SetExamples(
            command,
            "taskservices serve",
            "taskservices serve --port 9000 --database shop=sqlite:shop.db --database staff=sqlite:staff.db",
            "taskservices serve --config taskservices.json",
            "curl -s http://127.0.0.1:8080/v1/schemas/chinook:generateSql -H 'content-type: application/json' -d '{\"question\": \"How many tracks are there?\"}'");
        return command;
    }

    private static async Task<int> RunAsync(
        int port, int grpcPort, IReadOnlyDictionary<string, string> databases, ServiceConfiguration? configuration, ModelChoice model, OutputFormat format, bool verbose,
        CancellationToken cancellationToken)
    {
        TextToSqlSession? session = null;
        try
        {
            await using var server = ServerHost.Create(
                port, grpcPort, verbose,
                async stop =>
                {
                    session = configuration is null
                        ? await Composition.OpenTextToSqlAsync(model, databases, stop)
                        : await Composition.OpenTextToSqlAsync(model, configuration, stop);
                    return session.TextToSql;
                },
                configuration is null ? null : configuration.FindPrincipal);
            await StartAsync(server, cancellationToken);
            ReportAddresses(server, format);
            await server.WaitForShutdownAsync(cancellationToken);
            if (server.Services.GetRequiredService<TextToSqlSource>().Failure is { } failure)
            {
                System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
            }
        }
        finally
        {
            if (session is not null)
            {
                await session.DisposeAsync();
            }
        }

        return ExitCode.Done;
    }

    private static async Task StartAsync(WebApplication server, CancellationToken cancellationToken)
    {
        try
        {
            await server.StartAsync(cancellationToken);
        }
        catch (IOException exception) when (exception.InnerException is AddressInUseException)
        {
            throw CliException.Environment("PORT_IN_USE", exception.Message.TrimEnd('.') + ". Choose another with --port or --grpc-port.");
        }
        catch (SocketException exception)
        {
            throw CliException.Environment("PORT_NOT_AVAILABLE", $"the port cannot be used: {exception.Message}. Choose another with --port or --grpc-port.");
        }
    }

    private static void ReportAddresses(WebApplication server, OutputFormat format)
    {
        var (rest, grpc) = ServerHost.GetAddresses(server);
        if (format is OutputFormat.Json)
        {
            JsonLines.Write(new { Rest = rest.ToString(), Grpc = grpc.ToString() });
        }
        else
        {
            Console.Out.WriteLine($"REST on {rest}, gRPC (h2c) on {grpc}; Ctrl-C or SIGTERM stops the server.");
        }
    }
}
