using System.CommandLine;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TaskServices.Cli.Serving;
using TaskServices.Cli.Terminal;
using TaskServices.ServiceDefaults.Loading;

namespace TaskServices.Cli.Commands;

/// <summary><c>serve</c>: gRPC and REST until SIGTERM or Ctrl-C.</summary>
internal static class ServeCommand
{
    private const int DefaultPort = 8080;
    private const int MaxPort = 65_535;

    public static Command Create()
    {
        var role = new Option<string>("--role") { Description = "Services to serve.", DefaultValueFactory = _ => ServerRole.All };
        role.AcceptOnlyFromAmong(ServerRole.All, ServerRole.TextToSql, ServerRole.Inference);
        var port = new Option<int>("--port") { Description = "REST port; 0 takes a free one.", HelpName = "N", DefaultValueFactory = _ => DefaultPort };
        port.RequireRange(0, MaxPort);
        var grpcPort = new Option<int?>("--grpc-port") { Description = "gRPC port (h2c). Default: the REST port plus one.", HelpName = "M" };
        var databases = new Option<string[]>("--database")
        {
            Description = "Database to serve under a name; may be given several times. Default: the bundled Chinook as 'chinook'.",
            HelpName = "NAME=URL",
        };
        var inference = new Option<string?>("--inference")
        {
            Description = "gRPC address of the inference host that runs the model, for the role text-to-sql. Default: this process runs it.",
            HelpName = "URL",
        };
        var inferenceTokens = new Option<string?>("--inference-token-file")
        {
            Description = "File with the token that the inference host asks for.",
            HelpName = "FILE",
        };
        var adapters = new Option<string?>("--adapters")
        {
            Description = "Folder with LoRA adapters (PEFT), a subfolder each: loaded at start under their names; clients may load later ones. For the roles inference and all.",
            HelpName = "DIR",
        };
        var cost = new Option<double>("--machine-cost-per-hour")
        {
            Description = "What an hour of this machine costs, in any currency: /metrics then tells what tokens cost.",
            HelpName = "COST",
        };
        cost.RequireRange(0, 1_000_000);
        var state = new Option<string?>("--state")
        {
            Description = "Folder that keeps what callers register over a restart. Default: memory only.",
            HelpName = "DIR",
        };
        var model = new ModelOptions();
        var command = new Command("serve", "Serves gRPC and REST, to this machine unless told otherwise, until SIGTERM or Ctrl-C.") { role, port, grpcPort, databases, inference, inferenceTokens, adapters, cost, state };
        var access = new AccessOptions();
        access.AddTo(command);
        var session = new SessionOptions();
        session.AddTo(command);
        model.AddTo(command);
        var principal = new PrincipalOptions();
        principal.AddFileTo(command);
        var routing = new RoutingOptions();
        routing.AddTo(command);
        var audit = new AuditOptions();
        audit.AddTo(command);
        command.SetAction((parsed, cancellationToken) =>
        {
            var restPort = parsed.GetValue(port);
            var chosen = parsed.GetValue(grpcPort) ?? (restPort is 0 ? 0 : restPort + 1);
            if (chosen is < 0 or > MaxPort || (chosen == restPort && chosen is not 0))
            {
                throw CliException.Usage($"--grpc-port must be in [0, {MaxPort}] and differ from --port; it is {chosen}.");
            }

            var serving = ServerRole.Create(
                parsed.GetRequiredValue(role), parsed.GetValue(databases) ?? [], principal.ReadConfiguration(parsed), parsed.GetValue(inference),
                parsed.GetValue(inferenceTokens), parsed.GetValue(adapters), parsed.GetValue(state), routing.Read(parsed), new() { MachineCostPerHour = parsed.GetValue(cost) }, model, audit, parsed);
            serving.Session = session.Read(parsed);
            return RunAsync(
                restPort, chosen, access.Read(parsed), serving, parsed.GetValue(GlobalOptions.Format), parsed.GetValue(GlobalOptions.Verbose), cancellationToken);
        });
        ExampleHelpAction.SetExamples(
            command,
            "taskservices serve",
            "taskservices serve --port 9000 --database shop=sqlite:shop.db --database staff=sqlite:staff.db",
            "taskservices serve --config taskservices.json",
            "taskservices serve --config taskservices.json --audit audit.jsonl",
            "taskservices serve --role inference --port 9000",
            "taskservices serve --listen 0.0.0.0 --token-file /run/secrets/token",
            "taskservices serve --role text-to-sql --inference http://127.0.0.1:9001 --database shop=sqlite:shop.db",
            "curl -s http://127.0.0.1:8080/v1/schemas/chinook:generateSql -H 'content-type: application/json' -d '{\"question\": \"How many tracks are there?\"}'");
        return command;
    }

    private static async Task<int> RunAsync(
        int port, int grpcPort, ServerAccess access, ServerRole serving, OutputFormat format, bool verbose, CancellationToken cancellationToken)
    {
        await using (serving)
        {
            await using var server = ServerHost.Create(port, grpcPort, access, verbose, serving.Parts);
            await StartAsync(server, cancellationToken);
            ReportAddresses(server, format);
            await server.WaitForShutdownAsync(cancellationToken);
            if (server.Services.GetRequiredService<LoadFailure>().First is { } failure)
            {
                System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
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
