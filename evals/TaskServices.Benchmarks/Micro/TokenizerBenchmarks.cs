using System.Text;
using BenchmarkDotNet.Attributes;
using TaskServices.Inference.Tokenization;

namespace TaskServices.Benchmarks.Micro;

/// <summary>Encoding and decoding of English text, schemas and questions. Figures are per byte: 200 ns a byte are 5 MB/s.</summary>
[Config(typeof(ThroughputConfig))]
[MemoryDiagnoser(displayGenColumns: false)]
public class TokenizerBenchmarks
{
    private const int Bytes = 200_000;

    private ITokenizer _tokenizer = null!;

    private ITokenizer _fresh = null!;

    private string _text = "";

    private int[] _ids = [];

    [GlobalSetup]
    public void Load()
    {
        _tokenizer = TokenizerLoader.Load(RepositoryFiles.Find(RepositoryFiles.Model));
        var text = new StringBuilder(File.ReadAllText(RepositoryFiles.Find(RepositoryFiles.Text)));
        foreach (var item in SpiderQueries.Read(every: 1))
        {
            text.Append(item.Question).Append('\n').Append(item.Sql).Append('\n');
        }

        // ASCII, so that characters are bytes.
        _text = new string([.. text.ToString().Where(char.IsAscii)])[..Bytes];
        _ids = _tokenizer.Encode(_text);
    }

    [Benchmark(OperationsPerInvoke = Bytes)]
    public int Encode() => _tokenizer.Encode(_text).Length;

    [IterationSetup(Target = nameof(EncodeCold))]
    public void Reload() => _fresh = TokenizerLoader.Load(RepositoryFiles.Find(RepositoryFiles.Model));

    /// <summary>With a tokenizer that was just loaded, so that its memory of words is empty.</summary>
    [Benchmark(OperationsPerInvoke = Bytes)]
    public int EncodeCold() => _fresh.Encode(_text).Length;

    [Benchmark(OperationsPerInvoke = Bytes)]
    public int Decode() => _tokenizer.Decode(_ids).Length;
}
