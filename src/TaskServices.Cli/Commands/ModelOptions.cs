using System.CommandLine;

namespace TaskServices.Cli.Commands;

/// <summary>Options that say which model and adapter answer, and where imported models are kept.</summary>
internal sealed class ModelOptions
{
    private readonly Option<string?> _model = new("--model")
    {
        Description = "Model: a GGUF file or an imported model's folder. Default: the bundled SmolLM2-135M-Instruct.",
        HelpName = "PATH",
    };

    private readonly Option<string?> _adapter = new("--adapter")
    {
        Description = "LoRA adapter: a folder (PEFT) or the name of a bundled one; 'none' for the bare model. Default: the bundled text-to-SQL adapter, or none with --model.",
        HelpName = "NAME|DIR",
    };

    private readonly Option<string?> _cache = new("--cache")
    {
        Description = "Folder for imported models. Default: $XDG_CACHE_HOME/taskservices, or ~/.cache/taskservices.",
        HelpName = "DIR",
    };

    public void AddTo(Command command)
    {
        command.Add(_model);
        command.Add(_adapter);
        command.Add(_cache);
    }

    public ModelChoice Read(ParseResult arguments) =>
        ModelChoice.From(arguments.GetValue(_model), arguments.GetValue(_adapter), arguments.GetValue(_cache));

    /// <summary>Reads the options of a model that several tasks share: the bundled adapter is loaded beside it, one that is named is merged into it.</summary>
    public SharedModelChoice ReadShared(ParseResult arguments)
    {
        var choice = Read(arguments);
        return arguments.GetValue(_adapter) is null ? new(choice with { AdapterPath = null }, choice.AdapterPath) : new(choice, null);
    }

    /// <summary>Reads the options where another process runs the model: the adapter is a name there.</summary>
    /// <exception cref="CliException">A model is named.</exception>
    public (string? AdapterName, string? CachePath) ReadRemote(ParseResult arguments) => arguments.GetValue(_model) is null
        ? (arguments.GetValue(_adapter), arguments.GetValue(_cache))
        : throw CliException.Usage("--model cannot be given with --inference: the inference host chooses the model.");
}
