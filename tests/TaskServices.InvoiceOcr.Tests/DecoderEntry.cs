using System.Runtime.CompilerServices;
using TaskServices.InvoiceOcr.Documents.Decoding;

namespace TaskServices.InvoiceOcr.Tests;

/// <summary>The test program is started again to decode documents, as every program that reads them is.</summary>
internal static class DecoderEntry
{
    [ModuleInitializer]
#pragma warning disable CA2255 // The test framework writes Main.
    internal static void RunDecoder()
#pragma warning restore CA2255
    {
        if (DecoderProgram.TryRun(Environment.GetCommandLineArgs()[1..]) is { } exitCode)
        {
            Environment.Exit(exitCode);
        }
    }
}
