using System.CommandLine;
using TaskServices.Inference.Models;

namespace TaskServices.Cli.Commands;

/// <summary>Options that say what a model runs on and how many sequences it holds; <c>model plan</c> says what they take.</summary>
internal sealed class SessionOptions
{
    private const double BytesPerGigabyte = 1e9;

    private readonly Option<int> _sequences = new("--sequences") { Description = "Sequences that the model holds at once.", HelpName = "N", DefaultValueFactory = _ => new ModelSessionOptions().SlotCount };

    private readonly Option<int> _context = new("--context")
    {
        Description = "Tokens of a sequence at most; a model with a shorter context bounds it.",
        HelpName = "N",
        DefaultValueFactory = _ => new ModelSessionOptions().SlotCapacity,
    };

    private readonly Option<string> _device = new("--device")
    {
        Description = "What runs the model: auto takes a CUDA device where one works; cuda warns where none does.",
        DefaultValueFactory = _ => "auto",
    };

    private readonly Option<double?> _memory = new("--device-memory") { Description = "GB (10^9 bytes) of the device to take at most. Default: what is free.", HelpName = "GB" };

    public void AddTo(Command command)
    {
        _sequences.RequireRange(1, 4096);
        _context.RequireRange(64, 1 << 15);
        _device.AcceptOnlyFromAmong("auto", "cpu", "cuda");
        command.Add(_sequences);
        command.Add(_context);
        command.Add(_device);
        command.Add(_memory);
    }

    /// <exception cref="CliException">The memory is no positive number.</exception>
    public ModelSessionOptions Read(ParseResult arguments) => new()
    {
        SlotCount = arguments.GetValue(_sequences),
        SlotCapacity = arguments.GetValue(_context),
        Provider = arguments.GetValue(_device) switch
        {
            "cpu" => ExecutionProviderChoice.Cpu,
            "cuda" => ExecutionProviderChoice.Cuda,
            _ => ExecutionProviderChoice.Auto,
        },
        DeviceMemoryBytes = arguments.GetValue(_memory) switch
        {
            null => null,
            > 0 and <= 100_000 => (long)(arguments.GetValue(_memory)!.Value * BytesPerGigabyte),
            var other => throw CliException.Usage($"--device-memory must be in (0, 100000]; it is {other}."),
        },
    };
}
