using System.Buffers.Binary;
using System.Text.Json;
using static TorchSharp.torch;

namespace TaskServices.Tuning.Training;

/// <summary>Writes tensors as a safetensors file (huggingface/safetensors, README "Format"): written beside, then renamed.</summary>
internal static class SafetensorsWriter
{
    public static void Write(string path, IReadOnlyList<(string Name, Tensor Tensor, ScalarType Type)> tensors)
    {
        var header = new Dictionary<string, object>(StringComparer.Ordinal);
        var offset = 0L;
        foreach (var (name, tensor, type) in tensors)
        {
            var bytes = tensor.numel() * (type == ScalarType.BFloat16 ? 2 : 4);
            header[name] = new { dtype = type == ScalarType.BFloat16 ? "BF16" : "F32", tensor.shape, data_offsets = new[] { offset, offset + bytes } };
            offset += bytes;
        }

        var json = JsonSerializer.SerializeToUtf8Bytes(header);
        Array.Resize(ref json, (json.Length + 7) / 8 * 8 is var padded ? padded : 0);
        json.AsSpan().Replace((byte)0, (byte)' ');
        var temporary = path + ".tmp";
        using (var file = new FileStream(temporary, FileMode.Create))
        {
            Span<byte> length = stackalloc byte[8];
            BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)json.Length);
            file.Write(length);
            file.Write(json);
            foreach (var (_, tensor, type) in tensors)
            {
                using var contiguous = tensor.detach().to(type).contiguous();
                file.Write(contiguous.bytes);
            }

            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
    }
}
