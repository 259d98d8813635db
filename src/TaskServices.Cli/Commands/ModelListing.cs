using System.Globalization;
using Spectre.Console;
using TaskServices.Cli.Terminal;
using TaskServices.Inference.Models;

namespace TaskServices.Cli.Commands;

/// <summary>Writes what imported models are.</summary>
internal static class ModelListing
{
    private const double BytesPerMegabyte = 1e6;

    public static void Write(IReadOnlyList<string> directories, OutputFormat format)
    {
        var models = directories.Select(directory => (directory, manifest: ModelManifest.Read(directory))).ToList();
        if (format is OutputFormat.Json)
        {
            foreach (var (directory, manifest) in models)
            {
                JsonLines.Write(new
                {
                    directory,
                    manifest.Source,
                    manifest.Architecture,
                    manifest.Bits,
                    manifest.ContextLength,
                    manifest.VocabularySize,
                    WeightBytes = manifest.WeightsBytes,
                    manifest.SourceSha256,
                    manifest.AdapterSha256,
                });
            }

            return;
        }

        var table = new Table { Border = TableBorder.Rounded };
        table.AddColumns("model", "architecture", "bits", "context", "size", "adapter", "folder");
        foreach (var (directory, manifest) in models)
        {
            table.AddRow(
                new Text(CellText.OneLine(manifest.Source)),
                new Text(CellText.OneLine(manifest.Architecture)),
                new Text(manifest.Bits.ToString(CultureInfo.InvariantCulture)),
                new Text(manifest.ContextLength.ToString(CultureInfo.InvariantCulture)),
                new Text(string.Create(CultureInfo.InvariantCulture, $"{manifest.WeightsBytes / BytesPerMegabyte:N0} MB")),
                new Text(manifest.AdapterSha256 is { } hash ? hash[..Math.Min(8, hash.Length)] : "none"),
                new Text(directory));
        }

        TerminalOutput.Out.Write(table);
    }
}
