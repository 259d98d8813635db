using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using TaskServices.Inference.Models.Onnx;
using DataType = TaskServices.Inference.Onnx.TensorProto.Types.DataType;

namespace TaskServices.Inference.Models.Sessions;

/// <summary>Memory of the device that a session runs on, taken from the session's own allocator, so that its memory limit covers the slots too.</summary>
/// <remarks>
/// Committed whole when it is allocated. Copies are runs of a graph with one Identity node: the runtime moves a run's inputs and outputs to
/// where they belong. Its <c>CopyTensors</c> knows no device whose provider was appended to a session rather than registered as a library.
/// </remarks>
/// <param name="session">The session that runs the model.</param>
/// <param name="copier">A session over <see cref="CopyGraph"/> on the same device; disposed with this object.</param>
/// <param name="info">What tells the runtime where the memory is; disposed with this object.</param>
internal sealed unsafe class DeviceKvMemory(InferenceSession session, InferenceSession copier, OrtMemoryInfo info) : KvMemory
{
    /// <summary>Bytes that are zeroed at once.</summary>
    private const int ZeroChunk = 16 << 20;

    private readonly OrtAllocator _allocator = new(session, info);

    private readonly List<OrtMemoryAllocation> _allocations = [];

    private readonly RunOptions _runOptions = new();

    /// <summary>Gets the model that copies bytes, for a session on the device.</summary>
    public static byte[] CopyGraph { get; } = CreateCopyGraph();

    public override OrtMemoryInfo Info => info;

    public override nint Allocate(long bytes)
    {
        if (bytes > uint.MaxValue)
        {
            throw new InferenceException(
                "DEVICE_SLOTS_TOO_LARGE", $"The keys of one layer would take {bytes:N0} bytes on the device, more than 4 GiB; use fewer slots or a shorter context.");
        }

        var allocation = _allocator.Allocate((uint)bytes);
        _allocations.Add(allocation);
        var address = allocation.DangerousGetHandle();
        var zeros = new byte[Math.Min(bytes, ZeroChunk)];
        for (var done = 0L; done < bytes; done += zeros.Length)
        {
            Write(zeros.AsSpan(0, (int)Math.Min(zeros.Length, bytes - done)), address + (nint)done);
        }

        return address;
    }

    public override void Copy(nint from, nint to, long bytes) => Copy(info, from, info, to, bytes);

    public override void Read(nint from, Span<byte> destination)
    {
        fixed (byte* host = destination)
        {
            Copy(info, from, OrtMemoryInfo.DefaultInstance, (nint)host, destination.Length);
        }
    }

    public override void Write(ReadOnlySpan<byte> source, nint to)
    {
        fixed (byte* host = source)
        {
            Copy(OrtMemoryInfo.DefaultInstance, (nint)host, info, to, source.Length);
        }
    }

    public override void Dispose()
    {
        _allocations.ForEach(allocation => allocation.Dispose());
        _allocations.Clear();
        _allocator.Dispose();
        copier.Dispose();
        _runOptions.Dispose();
        info.Dispose();
    }

    private void Copy(OrtMemoryInfo fromInfo, nint from, OrtMemoryInfo toInfo, nint to, long bytes)
    {
        if (bytes == 0)
        {
            return;
        }

        using var source = OrtValue.CreateTensorValueWithData(fromInfo, TensorElementType.UInt8, [bytes], from, bytes);
        using var target = OrtValue.CreateTensorValueWithData(toInfo, TensorElementType.UInt8, [bytes], to, bytes);
        copier.Run(_runOptions, ["from"], [source], ["to"], [target]);
    }

    private static byte[] CreateCopyGraph()
    {
        var graph = new OnnxGraph();
        var copy = graph.Add("Identity", [graph.Input("from", DataType.Uint8, "bytes")]);
        graph.Rename(copy, "to");
        graph.Output(new Value("to"), DataType.Uint8, "bytes");
        return graph.ToModel([]).ToByteArray();
    }
}
