using System.CommandLine;
using System.Text.Json;
using TaskServices.Cli;
using TaskServices.Testing;

namespace TaskServices.Architecture.Tests.Deployment;

public sealed class ContainerfileTests
{
    public static TheoryData<string> Files => ["Containerfile", "Containerfile.gpu"];

    [Theory]
    [MemberData(nameof(Files))]
    public void Copy_EverySource_IsInTheRepositoryAndNotIgnored(string file)
    {
        var ignored = File.ReadAllLines(TestFiles.InRepository(".containerignore"));
        var sources = Instructions(file, "COPY").Where(line => !line.StartsWith("--from=", StringComparison.Ordinal)).SelectMany(line => line.Split(' ')[..^1]).ToArray();

        Assert.NotEmpty(sources);
        Assert.All(sources, source => Assert.True(Path.Exists(TestFiles.InRepository(source)), source));
        Assert.Empty(sources.Intersect(ignored));
        Assert.Equal(ignored, File.ReadAllLines(TestFiles.InRepository(".dockerignore")));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Run_Publish_NamesAProjectWhoseReferencesAreCopied(string file)
    {
        var publish = Assert.Single(Instructions(file, "RUN"), line => line.Contains("dotnet publish", StringComparison.Ordinal));

        var project = Assert.Single(publish.Split(' '), word => word.EndsWith(".csproj", StringComparison.Ordinal));
        Assert.True(File.Exists(TestFiles.InRepository(project)));
        Assert.Equal(file.EndsWith("gpu", StringComparison.Ordinal), publish.Contains("-p:OnnxRuntime=Gpu", StringComparison.Ordinal));
        // What lies above src/ and is read by the build.
        Assert.All(
            (string[])["global.json", "Directory.Build.props", "Directory.Packages.props"],
            name => Assert.Contains(Instructions(file, "COPY"), line => line.Split(' ').Contains(name)));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Image_Final_IsPinnedAndRunsAsNobodySpecial(string file)
    {
        Assert.All(Instructions(file, "FROM"), image => Assert.Matches(@"^[\w./-]+:[\w.-]*\d[\w.-]*( AS build)?$", image));
        Assert.Equal("1654:1654", Instructions(file, "USER")[^1]);
        var entry = JsonElement.Parse(Assert.Single(Instructions(file, "ENTRYPOINT"))).EnumerateArray().Select(item => item.GetString()!);
        Assert.Equal(["/app/bin/taskservices"], entry);
        var arguments = JsonElement.Parse(Assert.Single(Instructions(file, "CMD"))).EnumerateArray().Select(item => item.GetString()!).ToArray();
        Assert.Empty(CommandTree.Create().Parse(arguments).Errors);
    }

    private static string[] Instructions(string file, string name) =>
    [
        .. File.ReadAllLines(TestFiles.InRepository(file))
            .Where(line => line.StartsWith(name + ' ', StringComparison.Ordinal))
            .Select(line => line[(name.Length + 1)..]),
    ];
}
