using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TaskServices.InvoiceOcr.Imaging;

/// <summary>Makes the system's libpng the one that every native library of the process uses.</summary>
/// <remarks>
/// OpenCV's library exports a libpng of its own and, through GTK, loads the system's; Tesseract loads the system's too. The loader then binds some
/// calls to one and some to the other, and writing a PNG ends the process ("double free"). What is opened first with RTLD_GLOBAL wins for all.
/// </remarks>
internal static partial class SharedLibpng
{
    private const int Now = 2;
    private const int Global = 0x100;

#pragma warning disable CA2255 // Has to come before any native library that this one uses, whichever is first.
    [ModuleInitializer]
    internal static void Load()
#pragma warning restore CA2255
    {
        if (OperatingSystem.IsLinux())
        {
            // Absent: then there is no second one either.
            _ = Open("libpng16.so.16", Now | Global);
        }
    }

    [LibraryImport("libc.so.6", EntryPoint = "dlopen", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint Open(string fileName, int flags);
}
