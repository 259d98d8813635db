using System.CommandLine;
using TaskServices.InvoiceOcr.Reading;
using TaskServices.InvoiceOcr.Reading.PpOcr;

namespace TaskServices.Cli.Commands;

/// <summary>Options that choose who reads scanned pages.</summary>
internal sealed class ReaderOptions
{
    private readonly Option<string> _reader = new("--reader")
    {
        Description = "Who reads scanned pages.",
        DefaultValueFactory = _ => PpOcrReader.ReaderName,
    };

    public ReaderOptions() => _reader.AcceptOnlyFromAmong(PpOcrReader.ReaderName);

    public void AddTo(Command command) => command.Add(_reader);

    /// <exception cref="InvoiceOcr.InvoiceOcrException">The reader's model is missing.</exception>
    public IPageReader Open(ParseResult parsed)
    {
        _ = parsed.GetValue(_reader);
        return PpOcrReader.Open(RepositoryFolder.Combine("models", "ppocrv6-small"));
    }
}
