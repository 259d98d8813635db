using BenchmarkDotNet.Attributes;
using TaskServices.Inference.Models;

namespace TaskServices.Benchmarks.Micro;

/// <summary>Reading of the bundled GGUF file: its directory, its weights, and the whole import.</summary>
[Config(typeof(ThroughputConfig))]
[MemoryDiagnoser(displayGenColumns: false)]
public class ReaderBenchmarks
{
    private readonly string _path = RepositoryFiles.Find(RepositoryFiles.Model);

    private string _folder = "";

    [GlobalSetup]
    public void Create() => _folder = Directory.CreateTempSubdirectory("taskservices-benchmarks-").FullName;

    [GlobalCleanup]
    public void Delete() => Directory.Delete(_folder, recursive: true);

    [Benchmark]
    public int OpenDirectory()
    {
        using var file = GgufFile.Open(_path);
        return file.Tensors.Count;
    }

    /// <summary>Every weight as fp32.</summary>
    [Benchmark]
    public float ReadWeights()
    {
        using var file = GgufFile.Open(_path);
        var sum = 0f;
        foreach (var tensor in file.Tensors.Values)
        {
            var rows = new float[tensor.Columns * Math.Min(64, tensor.Rows)];
            for (var row = 0L; row < tensor.Rows; row += 64)
            {
                var part = rows.AsSpan(0, (int)(tensor.Columns * Math.Min(64, tensor.Rows - row)));
                file.ReadRows(tensor.Name, row, part);
                sum += part[0];
            }
        }

        return sum;
    }

    [Benchmark]
    public void Import8Bit() => Import(8);

    [Benchmark]
    public void Import4Bit() => Import(4);

    private void Import(int bits) => ModelImporter.Import(
        new ModelImportRequest { SourcePath = _path, Bits = bits }, Path.Combine(_folder, bits.ToString(System.Globalization.CultureInfo.InvariantCulture)), null, CancellationToken.None);
}
