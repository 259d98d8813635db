using System.Buffers;
using System.Text;

namespace TaskServices.Benchmarks.Gguf;

/// <summary>Writes a GGUF 3 file: what a peer needs to run our weights in its own format.</summary>
internal sealed class GgufWriter
{
    private const int Alignment = 32;

    private const uint StringType = 8;

    private const uint FloatType = 6;

    private readonly ArrayBufferWriter<byte> _metadata = new();

    private readonly List<Tensor> _tensors = [];

    private ulong _metadataCount;

    /// <summary>GGML's number of a tensor type.</summary>
    public enum TensorType
    {
        Float32 = 0,

        Q8_0 = 8,
    }

    private sealed record Tensor(string Name, IReadOnlyList<long> Shape, TensorType Type, long ByteCount, Action<Stream> WriteData);

    public void Add(string key, string value)
    {
        AddKey(key, StringType);
        Write(_metadata, value);
    }

    public void Add(string key, float value)
    {
        AddKey(key, FloatType);
        _metadata.Write(BitConverter.GetBytes(value));
    }

    /// <summary>Adds metadata entries as another file has them.</summary>
    public void AddRaw(ulong count, ReadOnlySpan<byte> entries)
    {
        _metadata.Write(entries);
        _metadataCount += count;
    }

    /// <param name="shape">Outermost dimension first.</param>
    /// <param name="writeData">Writes exactly <paramref name="byteCount"/> bytes.</param>
    public void Add(string name, IReadOnlyList<long> shape, TensorType type, long byteCount, Action<Stream> writeData) =>
        _tensors.Add(new Tensor(name, shape, type, byteCount, writeData));

    /// <summary>Writes the file; it appears whole or not at all.</summary>
    public void Save(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var staging = $"{path}.{Environment.ProcessId}";
        using (var stream = new BufferedStream(File.Create(staging), 1 << 20))
        {
            stream.Write(Header().WrittenSpan);
            foreach (var tensor in _tensors)
            {
                Pad(stream);
                tensor.WriteData(stream);
            }

            Pad(stream);
        }

        File.Move(staging, path, overwrite: true);
    }

    private ArrayBufferWriter<byte> Header()
    {
        var header = new ArrayBufferWriter<byte>();
        header.Write("GGUF"u8);
        header.Write(BitConverter.GetBytes(3u));
        header.Write(BitConverter.GetBytes((ulong)_tensors.Count));
        header.Write(BitConverter.GetBytes(_metadataCount));
        header.Write(_metadata.WrittenSpan);
        var offset = 0L;
        foreach (var tensor in _tensors)
        {
            Write(header, tensor.Name);
            header.Write(BitConverter.GetBytes((uint)tensor.Shape.Count));
            foreach (var dimension in tensor.Shape.Reverse())
            {
                header.Write(BitConverter.GetBytes((ulong)dimension));
            }

            header.Write(BitConverter.GetBytes((uint)tensor.Type));
            header.Write(BitConverter.GetBytes((ulong)offset));
            offset += (tensor.ByteCount + Alignment - 1) / Alignment * Alignment;
        }

        return header;
    }

    private void AddKey(string key, uint type)
    {
        Write(_metadata, key);
        _metadata.Write(BitConverter.GetBytes(type));
        _metadataCount++;
    }

    private static void Write(ArrayBufferWriter<byte> buffer, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        buffer.Write(BitConverter.GetBytes((ulong)bytes.Length));
        buffer.Write(bytes);
    }

    private static void Pad(Stream stream)
    {
        var missing = (Alignment - (stream.Position % Alignment)) % Alignment;
        stream.Write(new byte[missing]);
    }
}
