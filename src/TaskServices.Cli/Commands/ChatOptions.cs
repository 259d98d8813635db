using System.CommandLine;
using TaskServices.Inference.Tokenization.Chat;

namespace TaskServices.Cli.Commands;

/// <summary>How a prompt becomes a conversation.</summary>
/// <param name="FormatName">Name of a chat format, or null for the one that the model's own files tell.</param>
/// <param name="System">The system message, or null.</param>
internal sealed record ChatSettings(string? FormatName, string? System)
{
    /// <summary>Makes the conversation whose last message is the prompt.</summary>
    public ChatMessage[] Messages(string prompt) =>
        System is null ? [new(ChatRole.User, prompt)] : [new(ChatRole.System, System), new(ChatRole.User, prompt)];
}

/// <summary>Options that write the prompt as a user's message in the model's chat format.</summary>
internal sealed class ChatOptions
{
    private readonly Option<bool> _chat = new("--chat") { Description = "Write the prompt as a user's message in the model's own chat format." };

    private readonly Option<string?> _system = new("--system") { Description = "System message; needs --chat.", HelpName = "TEXT" };

    private readonly Option<string?> _format = new("--chat-format")
    {
        Description = "Chat format in place of the model's own; implies --chat.",
        HelpName = "NAME",
    };

    public void AddTo(Command command)
    {
        _format.AcceptOnlyFromAmong([.. ChatFormat.Names]);
        command.Add(_chat);
        command.Add(_system);
        command.Add(_format);
    }

    /// <returns>The settings, or null where the prompt is plain text.</returns>
    /// <exception cref="CliException">A system message is given for a plain prompt.</exception>
    public ChatSettings? Read(ParseResult arguments)
    {
        var (format, system) = (arguments.GetValue(_format), arguments.GetValue(_system));
        if (arguments.GetValue(_chat) || format is not null)
        {
            return new(format, system);
        }

        return system is null ? null : throw CliException.Usage("--system needs --chat: a plain prompt has no system message.");
    }
}
