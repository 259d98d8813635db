using System.Globalization;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using TaskServices.Inference.Onnx;

namespace TaskServices.Inference.Models.Onnx;

/// <summary>The weights file beside the ONNX model: tensors are appended one after the other and never held in memory.</summary>
internal sealed class ExternalWeights(string path) : IDisposable
{
    /// <summary>Name of the file inside a model directory.</summary>
    public const string FileName = "model.onnx.data";

    /// <summary>Large tensors begin on a page so that they can be mapped.</summary>
    private const int PageBytes = 4096;

    /// <summary>4 MiB, so that no tensor is ever held as a whole.</summary>
    private const int ChunkFloats = 1 << 20;

    private readonly FileStream _stream = new(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read, bufferSize: 1 << 20);

    public long Length => _stream.Position;

    /// <summary>Moves to where the next tensor begins and returns that offset.</summary>
    public long BeginTensor()
    {
        var padding = (int)(-_stream.Position & (PageBytes - 1));
        _stream.Write(new byte[padding]);
        return _stream.Position;
    }

    public void Write(ReadOnlySpan<byte> bytes) => _stream.Write(bytes);

    /// <summary>Describes bytes that were written from <paramref name="offset"/> on; several tensors may share the same bytes.</summary>
    public static TensorProto Describe(string name, TensorProto.Types.DataType type, IEnumerable<long> shape, long offset, long length)
    {
        var tensor = new TensorProto { Name = name, DataType = (int)type, DataLocation = TensorProto.Types.DataLocation.External };
        tensor.Dims.AddRange(shape);
        tensor.ExternalData.Add(new StringStringEntryProto { Key = "location", Value = FileName });
        tensor.ExternalData.Add(new StringStringEntryProto { Key = "offset", Value = offset.ToString(CultureInfo.InvariantCulture) });
        tensor.ExternalData.Add(new StringStringEntryProto { Key = "length", Value = length.ToString(CultureInfo.InvariantCulture) });
        return tensor;
    }

    /// <summary>Writes numbers in fp16.</summary>
    /// <param name="name">For the message.</param>
    /// <exception cref="InferenceException">A number is beyond the range of fp16.</exception>
    public void WriteAsHalf(string name, ReadOnlySpan<float> values)
    {
        Write(MemoryMarshal.AsBytes<Half>(ToHalf(name, values)));
    }

    /// <summary>Writes a tensor of the file once more, in fp16, and returns where that begins.</summary>
    /// <exception cref="InferenceException">A number is beyond the range of fp16.</exception>
    public long AppendAsHalf(string name, long offset, long length)
    {
        var begin = BeginTensor();
        _stream.Flush();
        var chunk = new float[Math.Min(length / sizeof(float), ChunkFloats)];
        for (var done = 0L; done < length;)
        {
            var values = chunk.AsSpan(0, (int)Math.Min(chunk.Length, (length - done) / sizeof(float)));
            for (var bytes = MemoryMarshal.AsBytes(values); !bytes.IsEmpty;)
            {
                var read = RandomAccess.Read(_stream.SafeFileHandle, bytes, offset + done);
                bytes = bytes[read..];
                done += read;
            }

            WriteAsHalf(name, values);
        }

        return begin;
    }

    /// <summary>Rounds to fp16.</summary>
    /// <exception cref="InferenceException">A number is beyond the range of fp16.</exception>
    public static Half[] ToHalf(string name, ReadOnlySpan<float> values)
    {
        var halves = new Half[values.Length];
        TensorPrimitives.ConvertToHalf(values, halves);
        for (var i = 0; i < values.Length; i++)
        {
            if (Half.IsInfinity(halves[i]) && float.IsFinite(values[i]))
            {
                throw new InferenceException(
                    "WEIGHT_BEYOND_HALF",
                    string.Create(CultureInfo.InvariantCulture, $"Tensor '{name}' has the value {values[i]:G4}, beyond the range of fp16 (±65,504); import the model at 32 bits."));
            }
        }

        return halves;
    }

    /// <summary>Writes what is buffered through to the disk.</summary>
    public void Flush() => _stream.Flush(flushToDisk: true);

    public void Dispose() => _stream.Dispose();
}
