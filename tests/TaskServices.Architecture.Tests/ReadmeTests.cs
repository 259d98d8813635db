using System.CommandLine.Parsing;
using System.Text.RegularExpressions;
using TaskServices.Cli;
using TaskServices.Testing;

namespace TaskServices.Architecture.Tests;

/// <summary>What README.md tells users to type is what the command line takes.</summary>
public sealed partial class ReadmeTests
{
    [Fact]
    public void Readme_EveryCommandLine_Parses()
    {
        var readme = TestFiles.InRepository("README.md");
        Assert.SkipWhen(!File.Exists(readme), "there is no README.md yet");

        var lines = CommandLine().Matches(File.ReadAllText(readme).Replace("\\\n", " ", StringComparison.Ordinal));
        var errors = lines
            .Select(line => line.Groups["arguments"].Value)
            .Select(arguments => (arguments, parsed: CommandTree.Create().Parse([.. CommandLineParser.SplitCommandLine(arguments)])))
            .SelectMany(line => line.parsed.Errors.Select(error => $"{line.arguments}: {error.Message}"));

        Assert.NotEmpty(lines);
        Assert.Empty(errors);
    }

    // Lines of code blocks that start the launcher; a comment, a pipe or a redirection ends what the command line sees.
    [GeneratedRegex(@"^(?:\$ )?\./taskservices(?<arguments>(?:[ \t]+(?:""[^""\n]*""|'[^'\n]*'|[^\s|>#&;]+))*)", RegexOptions.Multiline)]
    private static partial Regex CommandLine();
}
