using System.Globalization;
using TaskServices.Inference.Onnx;

namespace TaskServices.Inference.Models.Onnx;

/// <summary>The weights file beside the ONNX model: tensors are appended one after the other and never held in memory.</summary>
internal sealed class ExternalWeights(string path) : IDisposable
{
    /// <summary>Name of the file inside a model directory.</summary>
    public const string FileName = "model.onnx.data";

    /// <summary>Large tensors begin on a page so that they can be mapped.</summary>
    private const int PageBytes = 4096;

    private readonly FileStream _stream = new(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 1 << 20);

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

    /// <summary>Writes what is buffered through to the disk.</summary>
    public void Flush() => _stream.Flush(flushToDisk: true);

    public void Dispose() => _stream.Dispose();
}
