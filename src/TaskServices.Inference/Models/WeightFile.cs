using System.Buffers;
using Microsoft.Win32.SafeHandles;

namespace TaskServices.Inference.Models;

/// <summary>What GGUF and safetensors files share once their directory is read: positioned reads of rows, decoded to fp32.</summary>
/// <remarks>Reads rather than maps: a mapped file that shrinks under the process kills it (SIGBUS), a read ends in a typed error.</remarks>
internal static class WeightFile
{
    private const int ChunkBytes = 1 << 20;

    public static SafeFileHandle OpenHandle(string path)
    {
        try
        {
            return File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read, FileOptions.None);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw ModelFileErrors.Missing(path, exception);
        }
    }

    public static TensorInfo Find(string path, IReadOnlyDictionary<string, TensorInfo> tensors, string name) =>
        tensors.TryGetValue(name, out var tensor) ? tensor : throw ModelFileErrors.Invalid(path, $"tensor '{name}'", "the tensor is missing");

    public static void ReadRows(SafeFileHandle handle, string path, TensorInfo tensor, long firstRow, Span<float> destination)
    {
        if (tensor.Type == TensorType.Other)
        {
            throw ModelFileErrors.Unsupported(path, $"tensor '{tensor.Name}'", "its element type is not one of weights");
        }

        var columns = checked((int)tensor.Columns);
        var rows = destination.Length / columns;
        ArgumentOutOfRangeException.ThrowIfNegative(firstRow);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(firstRow + rows, tensor.Rows);
        ArgumentOutOfRangeException.ThrowIfNotEqual(destination.Length % columns, 0);

        var rowBytes = checked((int)(tensor.ByteCount / tensor.Rows));
        var rowsPerChunk = Math.Clamp(ChunkBytes / rowBytes, 1, Math.Max(1, rows));
        var buffer = ArrayPool<byte>.Shared.Rent(rowsPerChunk * rowBytes);
        try
        {
            for (var row = 0; row < rows; row += rowsPerChunk)
            {
                var count = Math.Min(rowsPerChunk, rows - row);
                var bytes = buffer.AsSpan(0, count * rowBytes);
                ReadExactly(handle, path, bytes, tensor.Offset + ((firstRow + row) * rowBytes), tensor.Name);
                BlockFormats.Decode(tensor.Type, bytes, destination.Slice(row * columns, count * columns));
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static void ReadExactly(SafeFileHandle handle, string path, Span<byte> buffer, long offset, string name)
    {
        for (var done = 0; done < buffer.Length;)
        {
            var read = RandomAccess.Read(handle, buffer[done..], offset + done);
            done += read > 0 ? read : throw ModelFileErrors.Truncated(path, offset + done, $"tensor '{name}'");
        }
    }
}
