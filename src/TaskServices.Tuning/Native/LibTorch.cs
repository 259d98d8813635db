using System.Buffers.Binary;
using System.Text;
using TaskServices.Inference;

namespace TaskServices.Tuning.Native;

/// <summary>Makes libtorch's shim loadable on systems whose libstdc++ is one version too old (Debian 12).</summary>
/// <remarks>
/// <c>libLibTorchSharp.so</c> lists the symbol version GLIBCXX_3.4.32 as needed, for the one symbol <c>_ZSt21ios_base_library_initv</c>, which
/// nothing calls: GCC 13 emits it as a marker. The loader refuses the file because the version is missing, not because the symbol is.
/// Setting the flag VER_FLG_WEAK on that entry (System V ABI, symbol versioning, Elfxx_Vernaux.vna_flags) turns the refusal off, and on a
/// newer system changes nothing.
/// </remarks>
internal static class LibTorch
{
    private const string FileName = "libLibTorchSharp.so";
    private const string VersionName = "GLIBCXX_3.4.32";
    private const uint SectionTypeVersionNeed = 0x6ffffffe;
    private const ushort WeakFlag = 2;

    /// <summary>Patches the shim beside the program once. Call before the first use of TorchSharp.</summary>
    /// <exception cref="InferenceException">The file is missing or the folder is read-only.</exception>
    public static void Prepare()
    {
        var path = Path.Combine(AppContext.BaseDirectory, "runtimes", "linux-x64", "native", FileName);
        if (!File.Exists(path))
        {
            throw new InferenceException("LIBTORCH_MISSING", $"{path} is missing. Build again: dotnet build src/TaskServices.Tuning -c Release.");
        }

        var image = File.ReadAllBytes(path);
        if (!TryMarkWeak(image))
        {
            return;
        }

        try
        {
            var temporary = path + "." + Environment.ProcessId;
            File.WriteAllBytes(temporary, image);
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception exception) when (exception is UnauthorizedAccessException or IOException)
        {
            throw new InferenceException("LIBTORCH_READ_ONLY", $"{path} cannot be prepared for this system: make its folder writable.", exception);
        }
    }

    /// <summary>Sets the weak flag; false when there was nothing to change.</summary>
    internal static bool TryMarkWeak(Span<byte> image)
    {
        var sections = (int)BinaryPrimitives.ReadUInt64LittleEndian(image[0x28..]);
        var sectionSize = BinaryPrimitives.ReadUInt16LittleEndian(image[0x3a..]);
        var sectionCount = BinaryPrimitives.ReadUInt16LittleEndian(image[0x3c..]);
        for (var i = 0; i < sectionCount; i++)
        {
            var section = image[(sections + (i * sectionSize))..];
            if (BinaryPrimitives.ReadUInt32LittleEndian(section[4..]) == SectionTypeVersionNeed)
            {
                var strings = image[(sections + ((int)BinaryPrimitives.ReadUInt32LittleEndian(section[40..]) * sectionSize))..];
                return TryMarkWeak(
                    image,
                    (int)BinaryPrimitives.ReadUInt64LittleEndian(section[24..]),
                    (int)BinaryPrimitives.ReadUInt64LittleEndian(strings[24..]));
            }
        }

        return false;
    }

    private static bool TryMarkWeak(Span<byte> image, int needOffset, int stringsOffset)
    {
        var name = Encoding.ASCII.GetBytes(VersionName + "\0");
        while (true)
        {
            var need = image[needOffset..];
            var count = BinaryPrimitives.ReadUInt16LittleEndian(need[2..]);
            var entryOffset = needOffset + (int)BinaryPrimitives.ReadUInt32LittleEndian(need[8..]);
            for (var i = 0; i < count; i++)
            {
                var entry = image[entryOffset..];
                var entryName = image[(stringsOffset + (int)BinaryPrimitives.ReadUInt32LittleEndian(entry[8..]))..];
                if (entryName.StartsWith(name) && BinaryPrimitives.ReadUInt16LittleEndian(entry[4..]) != WeakFlag)
                {
                    BinaryPrimitives.WriteUInt16LittleEndian(entry[4..], WeakFlag);
                    return true;
                }

                entryOffset += (int)BinaryPrimitives.ReadUInt32LittleEndian(entry[12..]);
            }

            var next = (int)BinaryPrimitives.ReadUInt32LittleEndian(need[12..]);
            if (next == 0)
            {
                return false;
            }

            needOffset += next;
        }
    }
}
