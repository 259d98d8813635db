using System.CommandLine;
using TaskServices.TextToSql.Answers.Routing;
using TaskServices.TextToSql.Configuration;

namespace TaskServices.Cli.Commands;

/// <summary>Options that say where unsure questions go.</summary>
internal sealed class RoutingOptions
{
    private const string KeyVariable = "TASKSERVICES_ROUTE_API_KEY";

    private readonly Option<string?> _url = new("--route-endpoint")
    {
        Description = "OpenAI-compatible endpoint (up to /v1) that gets questions the model is unsure of, with the schema and no rows. Off by default. Key: " + KeyVariable + ".",
        HelpName = "URL",
    };

    private readonly Option<string?> _model = new("--route-model") { Description = "Model of the endpoint.", HelpName = "NAME" };

    private readonly Option<double> _below = new("--route-below")
    {
        Description = "Answers with less confidence are unsure, in [0, 1].",
        HelpName = "P",
        DefaultValueFactory = _ => 0.5,
    };

    private readonly Option<string?> _prices = new("--route-prices") { Description = "Prices of a million prompt and completion tokens, for example 0.15,0.60.", HelpName = "IN,OUT" };

    public RoutingOptions() => _below.RequireRange(0, 1);

    public void AddTo(Command command)
    {
        command.Add(_url);
        command.Add(_model);
        command.Add(_below);
        command.Add(_prices);
    }

    /// <returns>Null where no endpoint is given.</returns>
    /// <exception cref="CliException">The URL, the model or a price is missing or malformed.</exception>
    public EndpointOptions? Read(ParseResult arguments)
    {
        if (arguments.GetValue(_url) is not { } text)
        {
            return arguments.GetValue(_model) is null && arguments.GetValue(_prices) is null ? null : throw CliException.Usage("--route-model and --route-prices need --route-endpoint.");
        }

        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https") || url.UserInfo.Length > 0 || url.Query.Length > 0)
        {
            throw CliException.Usage("--route-endpoint must be an address such as https://host/v1, without a key in it.");
        }

        var model = arguments.GetValue(_model) ?? throw CliException.Usage("--route-endpoint needs --route-model.");
        var prices = arguments.GetValue(_prices) is { } pair
            ? TokenPrices.TryParse(pair) ?? throw CliException.Usage("--route-prices must be two numbers, for example 0.15,0.60.")
            : null;
        var key = Environment.GetEnvironmentVariable(KeyVariable);
        return new(url, model, string.IsNullOrEmpty(key) ? null : new Secret(key), arguments.GetValue(_below), prices);
    }
}
