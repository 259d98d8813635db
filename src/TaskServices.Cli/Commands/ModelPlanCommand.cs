using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using TaskServices.Cli.Terminal;
using TaskServices.Inference.Models;
using TaskServices.Inference.Models.Planning;

namespace TaskServices.Cli.Commands;

/// <summary><c>model plan</c>: which models fit which memory, with how many sequences, from metadata alone.</summary>
internal static class ModelPlanCommand
{
    private const long BytesPerGigabyte = 1_000_000_000;

    private const double BytesPerMegabyte = 1e6;

    public static Command Create()
    {
        var model = new Argument<string?>("model")
        {
            Description = "GGUF file, config.json, model folder, or the name of a published model. Default: every published model of the supported families.",
            HelpName = "MODEL",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var memory = new Option<int[]>("--memory")
        {
            Description = "Memory in GB (10^9 bytes) to fit into.",
            HelpName = "GB",
            AllowMultipleArgumentsPerToken = true,
            DefaultValueFactory = _ => [8, 16, 24, 80],
        };
        RequireEach(memory, gigabytes => gigabytes is >= 1 and <= 10_000, "in [1, 10000]");
        var bits = new Option<int[]>("--bits")
        {
            Description = "Bits of a weight: 4, 8, 16 or 32.",
            HelpName = "N",
            AllowMultipleArgumentsPerToken = true,
            DefaultValueFactory = _ => [8],
        };
        RequireEach(bits, value => value is 4 or 8 or 16 or 32, "4, 8, 16 or 32");
        var context = new Option<int>("--context") { Description = "Tokens of a sequence; a model with a shorter context bounds it.", HelpName = "N", DefaultValueFactory = _ => 2048 };
        context.RequireRange(16, 1 << 15);
        var device = new Option<string>("--device") { Description = "What runs the model: cpu or cuda.", DefaultValueFactory = _ => "cpu" };
        device.AcceptOnlyFromAmong("cpu", "cuda");
        var check = new Option<int?>("--check")
        {
            Description = "Load the imported folder MODEL on the CPU with so many full sequences and compare this process's memory with the plan; 1 when they differ by more than 15 %.",
            HelpName = "N",
        };
        check.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && int.TryParse(token.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value is < 1 or > 1024)
            {
                result.AddError($"--check must be in [1, 1024]; it is {token.Value}.");
            }
        });
        var command = new Command("plan", "Says how much memory models take and how many sequences fit.") { model, memory, bits, context, device, check };
        command.SetAction((parsed, cancellationToken) =>
        {
            var (name, format, length) = (parsed.GetValue(model), parsed.GetValue(GlobalOptions.Format), parsed.GetValue(context));
            if (parsed.GetValue(check) is { } sequences)
            {
                return Task.FromResult(Check(name, length, sequences, format, cancellationToken));
            }

            var isDevice = parsed.GetValue(device) == "cuda";
            var plans = (
                from shape in Shapes(name)
                from width in parsed.GetRequiredValue(bits)
                where !isDevice || width != 32
                select new MemoryPlan(shape, width, isDevice, Math.Min(length, shape.ContextLength))).ToArray();
            if (plans.Length is 0)
            {
                throw CliException.Usage("--device cuda runs no 32 bits; choose 4, 8 or 16.");
            }

            Write(plans, parsed.GetRequiredValue(memory), format);
            return Task.FromResult(ExitCode.Done);
        });
        ExampleHelpAction.SetExamples(
            command,
            "taskservices model plan",
            "taskservices model plan Llama-3-8B --bits 4 8 16 --device cuda --context 8192",
            "taskservices model plan /tmp/smollm2 --check 4 --context 512");
        return command;
    }

    private static IReadOnlyList<ModelShape> Shapes(string? name)
    {
        if (name is null)
        {
            return PublishedShapes.All;
        }

        if (!Path.Exists(name))
        {
            return PublishedShapes.Find(name) is { } published
                ? [published]
                : throw CliException.Environment(
                    "MODEL_NOT_FOUND", $"{name}: no such file or folder, and no published model of that name; known are {string.Join(", ", PublishedShapes.All.Select(shape => shape.Name))}.");
        }

        // An imported folder has no shapes; what it was imported from has.
        return [ShapeReader.Read(ImportedModel.IsImported(name) && ModelManifest.Read(name).SourcePath is { } source ? source : name)];
    }

    private static int Check(string? directory, int context, int sequences, OutputFormat format, CancellationToken cancellationToken)
    {
        // Not a source: importing in this process would leave memory behind that a server does not have.
        if (directory is null || !ImportedModel.IsImported(directory))
        {
            throw CliException.Usage("--check needs a folder that 'model import' wrote.");
        }

        var shape = Shapes(directory)[0];
        var plan = new MemoryPlan(shape, ModelManifest.Read(directory).Bits, IsDevice: false, Math.Min(context, shape.ContextLength));
        var result = MemoryCheck.Run(directory, plan, sequences, cancellationToken);
        if (format is OutputFormat.Json)
        {
            JsonLines.Write(result);
        }
        else
        {
            Console.Out.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{(result.Passed ? "as planned" : "NOT AS PLANNED")}: {sequences} sequences of {plan.Context} tokens take {result.MeasuredBytes / BytesPerMegabyte:N0} MB, planned {result.PlannedBytes / BytesPerMegabyte:N0} MB"));
        }

        return result.Passed ? ExitCode.Done : ExitCode.No;
    }

    private static void Write(IReadOnlyList<MemoryPlan> plans, IReadOnlyList<int> memory, OutputFormat format)
    {
        if (format is OutputFormat.Json)
        {
            foreach (var plan in plans)
            {
                JsonLines.Write(new
                {
                    Model = plan.Shape.Name,
                    plan.Bits,
                    Device = plan.IsDevice ? "cuda" : "cpu",
                    plan.Context,
                    plan.Shape.Parameters,
                    plan.RuntimeBytes,
                    plan.WeightBytes,
                    plan.ScratchBytes,
                    plan.SequenceBytes,
                    Sequences = memory.ToDictionary(gigabytes => gigabytes.ToString(CultureInfo.InvariantCulture), gigabytes => plan.Sequences(gigabytes * BytesPerGigabyte)),
                });
            }

            return;
        }

        var table = new Table { Border = TableBorder.Rounded };
        table.AddColumns("model", "parameters", "bits", "weights", "context", "a sequence");
        foreach (var gigabytes in memory)
        {
            table.AddColumn(new TableColumn($"{gigabytes} GB").RightAligned());
        }

        foreach (var plan in plans)
        {
            table.AddRow([
                new Text(CellText.OneLine(plan.Shape.Name)),
                Number($"{plan.Shape.Parameters / BytesPerMegabyte:N0} M"),
                Number($"{plan.Bits}"),
                Number($"{plan.WeightBytes / BytesPerMegabyte:N0} MB"),
                Number($"{plan.Context}"),
                Number($"{plan.SequenceBytes / BytesPerMegabyte:N0} MB"),
                .. memory.Select(gigabytes => plan.Sequences(gigabytes * BytesPerGigabyte) is > 0 and var count ? Number($"{count:N0}") : new Text("–")),
            ]);
        }

        TerminalOutput.Out.Write(table);
    }

    private static Text Number(FormattableString text) => new(text.ToString(CultureInfo.InvariantCulture));

    private static void RequireEach(Option<int[]> option, Func<int, bool> isValid, string range) => option.Validators.Add(result =>
    {
        foreach (var token in result.Tokens)
        {
            if (!int.TryParse(token.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var value) || !isValid(value))
            {
                result.AddError($"{option.Name} must be {range}; it is {token.Value}.");
            }
        }
    });
}
