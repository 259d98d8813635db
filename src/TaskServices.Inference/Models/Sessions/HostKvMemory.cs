using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace TaskServices.Inference.Models.Sessions;

/// <summary>The process's own memory, zeroed by the operating system and committed page by page as sequences grow.</summary>
internal sealed unsafe class HostKvMemory : KvMemory
{
    private readonly List<nint> _allocations = [];

    public override OrtMemoryInfo Info => OrtMemoryInfo.DefaultInstance;

    public override nint Allocate(long bytes)
    {
        var address = (nint)NativeMemory.AllocZeroed((nuint)bytes);
        _allocations.Add(address);
        return address;
    }

    public override void Copy(nint from, nint to, long bytes) => Buffer.MemoryCopy((void*)from, (void*)to, bytes, bytes);

    public override void Read(nint from, Span<byte> destination) => new ReadOnlySpan<byte>((void*)from, destination.Length).CopyTo(destination);

    public override void Write(ReadOnlySpan<byte> source, nint to) => source.CopyTo(new Span<byte>((void*)to, source.Length));

    public override void Dispose()
    {
        _allocations.ForEach(address => NativeMemory.Free((void*)address));
        _allocations.Clear();
    }
}
