using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace TaskServices.Inference.Tests.Models;

/// <summary>Writes safetensors files of fp32 tensors.</summary>
internal static class SafetensorsWriter
{
    public static void Write(string path, IReadOnlyDictionary<string, (long[] Shape, float[] Values)> tensors)
    {
        var header = new Dictionary<string, object>();
        var offset = 0L;
        foreach (var (name, (shape, values)) in tensors)
        {
            header.Add(name, new { dtype = "F32", shape, data_offsets = new[] { offset, offset += values.Length * 4L } });
        }

        var json = Encoding.UTF8.GetBytes(JsonSerializer.Serialize(header));
        using var stream = File.Create(path);
        stream.Write(BitConverter.GetBytes((ulong)json.Length));
        stream.Write(json);
        foreach (var (_, values) in tensors.Values)
        {
            stream.Write(MemoryMarshal.AsBytes<float>(values));
        }
    }
}
