using System.Diagnostics;
using System.Text.Json;
using TaskServices.Testing;

namespace TaskServices.Architecture.Tests;

/// <summary>
/// <c>-p:OnnxRuntime=Gpu</c> exchanges the native package of every program. Both packages bring the same library, so a project must never
/// have both, and libraries have neither.
/// </summary>
public sealed class OnnxRuntimePackageTests
{
    private const string Cpu = "Microsoft.ML.OnnxRuntime";

    private const string Gpu = "Microsoft.ML.OnnxRuntime.Gpu";

    public static TheoryData<string> Projects =>
    [
        .. new[] { "src", "evals" }
            .SelectMany(folder => Directory.GetFiles(TestFiles.InRepository(folder), "*.csproj", SearchOption.AllDirectories))
            .Where(path => File.ReadAllText(path).Contains($"\"{Cpu}", StringComparison.Ordinal))
            .Select(path => Path.GetRelativePath(TestFiles.RepositoryRoot, path))
            .Order(),
    ];

    [Theory]
    [MemberData(nameof(Projects))]
    public async Task PackageReference_ByProperty_IsOneOfTheTwo(string project)
    {
        var isProgram = File.ReadAllText(TestFiles.InRepository(project)).Contains("<OutputType>Exe</OutputType>", StringComparison.Ordinal);

        var usual = await NativePackagesAsync(project);
        var gpu = await NativePackagesAsync(project, "-p:OnnxRuntime=Gpu");

        Assert.Equal(isProgram ? [Cpu] : Array.Empty<string>(), usual);
        Assert.Equal(isProgram ? [Gpu] : Array.Empty<string>(), gpu);
    }

    [Fact]
    public void Projects_Programs_AreAmongThem() => Assert.Contains(
        Path.Combine("src", "TaskServices.Cli", "TaskServices.Cli.csproj"), Projects.Select(row => row.Data));

    private static async Task<string[]> NativePackagesAsync(string project, params string[] properties)
    {
        var start = new ProcessStartInfo(
            "dotnet", ["msbuild", TestFiles.InRepository(project), "-getItem:PackageReference", "-nologo", "-nodeReuse:false", .. properties])
        {
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, process.ExitCode);
        return
        [
            .. JsonElement.Parse(output).GetProperty("Items").GetProperty("PackageReference").EnumerateArray()
                .Select(item => item.GetProperty("Identity").GetString()!)
                .Where(name => name is Cpu or Gpu),
        ];
    }
}
