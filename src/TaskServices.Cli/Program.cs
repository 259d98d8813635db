using TaskServices.Cli;
using TaskServices.InvoiceOcr.Documents.Decoding;

// Started by ourselves to decode one document: nothing else is loaded.
if (DecoderProgram.TryRun(args) is { } exitCode)
{
    return exitCode;
}

PlatformCultures.UseWhereNeeded(args);
return await CommandLineProgram.RunAsync(args);
