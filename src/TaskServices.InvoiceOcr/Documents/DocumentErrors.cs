namespace TaskServices.InvoiceOcr.Documents;

/// <summary>The errors of documents that more than one place raises.</summary>
internal static class DocumentErrors
{
    public static InvoiceOcrException Damaged(string what, Exception? cause = null) =>
        new("DOCUMENT_DAMAGED", $"{what}: the file is damaged. Scan or export it again.", cause);

    public static InvoiceOcrException Encrypted() =>
        new("DOCUMENT_ENCRYPTED", "The PDF is locked with a password: remove the lock first.");

    public static InvoiceOcrException TimedOut() =>
        new("DOCUMENT_TIMEOUT", "The document took longer to decode than the limit allows: print it to a plain PDF or scan it.");

    public static InvoiceOcrException Crashed() =>
        new("DOCUMENT_DECODER_CRASHED", "The document ended its decoder process, which only a broken or hostile file does. Nothing else is affected; scan it again.");
}
