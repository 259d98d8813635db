using System.CommandLine;
using TaskServices.Benchmarks.Contenders;

namespace TaskServices.Benchmarks.Commands;

/// <summary><c>worker</c>: our side of a benchmark in a process of its own, as the peer's is.</summary>
internal static class WorkerCommandLine
{
    public const string Name = "worker";

    public static Command Create()
    {
        var command = new Command(Name, "Answers a benchmark's commands on standard input.") { Hidden = true };
        command.SetAction((_, _) => OurWorker.RunAsync());
        return command;
    }
}
