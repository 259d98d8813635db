using System.Runtime.InteropServices;
using System.Text;

namespace TaskServices.Inference.Tests.Models;

/// <summary>Writes small GGUF v3 files with fp32 tensors, by the format's own specification (ggml-org/ggml docs/gguf.md).</summary>
internal sealed class GgufWriter
{
    private const int Alignment = 32;

    private readonly List<(string Key, object Value)> _metadata = [];

    private readonly List<(string Name, long[] Shape, uint Type, byte[] Data)> _tensors = [];

    /// <summary>Adds a metadata entry, or replaces the one of that key.</summary>
    public void Add(string key, object value)
    {
        _metadata.RemoveAll(entry => entry.Key == key);
        _metadata.Add((key, value));
    }

    public void Remove(string key) => _metadata.RemoveAll(entry => entry.Key == key);

    /// <summary>Replaces a tensor by others.</summary>
    public void Replace(string name, Func<long[], byte[], IEnumerable<(string Name, long[] Shape, byte[] Data)>> parts)
    {
        var index = _tensors.FindIndex(tensor => tensor.Name == name);
        var (_, shape, type, data) = _tensors[index];
        _tensors.RemoveAt(index);
        _tensors.InsertRange(index, parts(shape, data).Select(part => (part.Name, part.Shape, type, part.Data)));
    }

    /// <param name="shape">Outermost dimension first.</param>
    public void Add(string name, long[] shape, float[] values) => Add(name, shape, 0, MemoryMarshal.AsBytes<float>(values).ToArray());

    /// <param name="type">Number of the tensor type in GGUF.</param>
    public void Add(string name, long[] shape, uint type, byte[] data) => _tensors.Add((name, shape, type, data));

    public void Write(string path)
    {
        using var writer = new BinaryWriter(File.Create(path));
        WriteDirectory(writer, _tensors.ConvertAll(tensor => (tensor.Name, tensor.Shape, tensor.Type, (long)tensor.Data.Length)));
        foreach (var (_, _, _, data) in _tensors)
        {
            writer.Write(new byte[Aligned(writer.BaseStream.Position) - writer.BaseStream.Position]);
            writer.Write(data);
        }
    }

    /// <summary>Writes tensors of zeros that take no room on the disk.</summary>
    public void WriteSparse(string path, List<(string Name, long[] Shape, uint Type, long Bytes)> tensors)
    {
        using var writer = new BinaryWriter(File.Create(path));
        WriteDirectory(writer, tensors);
        writer.Flush();
        writer.BaseStream.SetLength(Aligned(writer.BaseStream.Position) + tensors.Sum(tensor => Aligned(tensor.Bytes)));
    }

    private void WriteDirectory(BinaryWriter writer, List<(string Name, long[] Shape, uint Type, long Bytes)> tensors)
    {
        writer.Write("GGUF"u8);
        writer.Write(3u);
        writer.Write((ulong)tensors.Count);
        writer.Write((ulong)_metadata.Count);
        foreach (var (key, value) in _metadata)
        {
            WriteString(writer, key);
            WriteValue(writer, value);
        }

        var offset = 0UL;
        foreach (var (name, shape, type, bytes) in tensors)
        {
            WriteString(writer, name);
            writer.Write((uint)shape.Length);
            foreach (var dimension in shape.Reverse())
            {
                writer.Write((ulong)dimension);
            }

            writer.Write(type);
            writer.Write(offset);
            offset += (ulong)Aligned(bytes);
        }
    }

    private static long Aligned(long length) => (length + Alignment - 1) / Alignment * Alignment;

    private static void WriteString(BinaryWriter writer, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        writer.Write((ulong)bytes.Length);
        writer.Write(bytes);
    }

    private static void WriteValue(BinaryWriter writer, object value)
    {
        switch (value)
        {
            case int number:
                writer.Write(4u);
                writer.Write((uint)number);
                break;
            case float number:
                writer.Write(6u);
                writer.Write(number);
                break;
            case string text:
                writer.Write(8u);
                WriteString(writer, text);
                break;
            case int[] numbers:
                writer.Write(9u);
                writer.Write(4u);
                writer.Write((ulong)numbers.Length);
                Array.ForEach(numbers, number => writer.Write((uint)number));
                break;
            case bool[] flags:
                writer.Write(9u);
                writer.Write(7u);
                writer.Write((ulong)flags.Length);
                Array.ForEach(flags, writer.Write);
                break;
            default:
                throw new ArgumentException($"{value.GetType()} is not supported.", nameof(value));
        }
    }
}
