using System.CommandLine;
using TaskServices.InvoiceOcr.Reading;

namespace TaskServices.Cli.Commands;

/// <summary>Options that choose who reads scanned pages.</summary>
internal sealed class ReaderOptions
{
    private readonly Option<string> _reader = new("--reader")
    {
        Description = "Who reads scanned pages; both: Tesseract checks what PP-OCR reads.",
        DefaultValueFactory = _ => PageReaders.Both,
    };

    private readonly Option<string> _languages = new("--languages")
    {
        Description = "Tesseract's languages, each with its own pass; PP-OCR reads all Latin ones.",
        HelpName = "deu+eng",
        DefaultValueFactory = _ => "eng",
    };

    public ReaderOptions() => _reader.AcceptOnlyFromAmong([.. PageReaders.Names]);

    public void AddTo(Command command)
    {
        command.Add(_reader);
        command.Add(_languages);
    }

    /// <exception cref="InvoiceOcr.InvoiceOcrException">No reader can be opened.</exception>
    public IPageReader Open(ParseResult parsed) => PageReaders.Open(
        parsed.GetRequiredValue(_reader), RepositoryFolder.Combine("models", "ppocrv6-small"), parsed.GetRequiredValue(_languages),
        note => Console.Error.WriteLine("taskservices: " + note));
}
