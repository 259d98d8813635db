namespace TaskServices.InvoiceOcr.Reading;

/// <summary>A document as it was read: its pages and the facts of its file.</summary>
public sealed class Document
{
    /// <summary>Gets the SHA-256 of the file's bytes, lower-case hexadecimal; empty where there is no file.</summary>
    public string Sha256 { get; init; } = "";

    /// <summary>Gets the media type found by content, for example <c>application/pdf</c>.</summary>
    public string MediaType { get; init; } = "";

    /// <summary>Gets the file's name without folders; empty where it has none.</summary>
    public string FileName { get; init; } = "";

    /// <summary>Gets the pages in order.</summary>
    public required IReadOnlyList<Page> Pages { get; init; }

    /// <summary>Gets what is attached under the name of an e-invoice (ZUGFeRD, Factur-X, XRechnung). Not checked in any way.</summary>
    public IReadOnlyList<DocumentAttachment> Attachments { get; init; } = [];
}

/// <summary>A file inside a document.</summary>
/// <param name="Name">Its name without folders.</param>
/// <param name="Bytes">Its content, at most 5 MB.</param>
public sealed record DocumentAttachment(string Name, ReadOnlyMemory<byte> Bytes);
