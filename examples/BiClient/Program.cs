using Grpc.Net.Client;
using TaskServices.Examples.BiClient;
using TaskServices.Protos.TextToSql.V1;

if (args.Length < 3 || !Uri.TryCreate(args[0], UriKind.Absolute, out var address))
{
    Console.Error.WriteLine("Usage: BiClient http://127.0.0.1:8081 SCHEMA QUESTION [FOLLOW-UP ...]");
    return 2;
}

using var channel = GrpcChannel.ForAddress(address);
return await new Dashboard(new TextToSqlService.TextToSqlServiceClient(channel), Console.Out).RunAsync(args[1], args[2..], CancellationToken.None) ? 0 : 1;
