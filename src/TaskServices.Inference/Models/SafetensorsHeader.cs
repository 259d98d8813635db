using System.Text.Json;

namespace TaskServices.Inference.Models;

/// <summary>Reads and checks the JSON header of a safetensors file.</summary>
internal static class SafetensorsHeader
{
    private static readonly Dictionary<string, (TensorType Type, int Bytes)> Types = new(StringComparer.Ordinal)
    {
        ["F32"] = (TensorType.F32, 4),
        ["F16"] = (TensorType.F16, 2),
        ["BF16"] = (TensorType.BF16, 2),
        ["F64"] = (TensorType.Other, 8),
        ["I64"] = (TensorType.Other, 8),
        ["U64"] = (TensorType.Other, 8),
        ["I32"] = (TensorType.Other, 4),
        ["U32"] = (TensorType.Other, 4),
        ["I16"] = (TensorType.Other, 2),
        ["U16"] = (TensorType.Other, 2),
        ["I8"] = (TensorType.Other, 1),
        ["U8"] = (TensorType.Other, 1),
        ["BOOL"] = (TensorType.Other, 1),
        ["F8_E4M3"] = (TensorType.Other, 1),
        ["F8_E5M2"] = (TensorType.Other, 1),
    };

    public static IReadOnlyDictionary<string, TensorInfo> Read(byte[] header, string path, long dataStart, long fileLength)
    {
        var tensors = new Dictionary<string, TensorInfo>(StringComparer.Ordinal);
        try
        {
            var options = new JsonDocumentOptions { AllowDuplicateProperties = false };
            using var json = JsonDocument.Parse(header, options);
            if (json.RootElement.ValueKind != JsonValueKind.Object)
            {
                throw ModelFileErrors.Invalid(path, "offset 8", "the header is not a JSON object");
            }

            foreach (var entry in json.RootElement.EnumerateObject().Where(entry => entry.Name != "__metadata__"))
            {
                tensors.Add(entry.Name, ReadTensor(entry, path, dataStart, fileLength));
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            // The parser's own message can quote the input; the first line says what is wrong and where.
            throw ModelFileErrors.Invalid(path, "the header (offset 8)", exception.Message.Split('\n')[0].TrimEnd('.'));
        }

        CheckCover(tensors.Values, path, dataStart, fileLength);
        return tensors;
    }

    private static TensorInfo ReadTensor(JsonProperty entry, string path, long dataStart, long fileLength)
    {
        var where = $"tensor '{entry.Name}'";
        var typeName = entry.Value.GetProperty("dtype").GetString() ?? string.Empty;
        if (!Types.TryGetValue(typeName, out var type))
        {
            throw ModelFileErrors.Unsupported(path, where, $"unknown dtype '{typeName}'");
        }

        var elements = (UInt128)1;
        var shape = new List<long>();
        foreach (var dimension in entry.Value.GetProperty("shape").EnumerateArray())
        {
            if (!dimension.TryGetInt64(out var size) || size <= 0)
            {
                throw ModelFileErrors.Invalid(path, where, $"a dimension of {dimension.GetRawText()}");
            }

            shape.Add(size);
            elements *= (UInt128)size;
            if (elements > long.MaxValue)
            {
                throw ModelFileErrors.Invalid(path, where, "the number of elements overflows 63 bits");
            }
        }

        var offsets = entry.Value.GetProperty("data_offsets");
        if (offsets.GetArrayLength() != 2 || !offsets[0].TryGetInt64(out var begin) || !offsets[1].TryGetInt64(out var end) || begin < 0 || end < begin)
        {
            throw ModelFileErrors.Invalid(path, where, $"data_offsets {offsets.GetRawText()} are not [begin, end]");
        }

        return end > fileLength - dataStart
            ? throw ModelFileErrors.Truncated(path, fileLength, $"{where} (bytes {begin} to {end} of the data)")
            : elements * (UInt128)type.Bytes != (UInt128)(end - begin)
            ? throw ModelFileErrors.Invalid(path, where, $"{end - begin} bytes do not fit {typeName} of shape [{string.Join(", ", shape)}]")
            : new TensorInfo(entry.Name, shape, type.Type, dataStart + begin, end - begin);
    }

    /// <summary>The format wants every byte of the data to belong to exactly one tensor.</summary>
    private static void CheckCover(IEnumerable<TensorInfo> tensors, string path, long dataStart, long fileLength)
    {
        var position = dataStart;
        foreach (var tensor in tensors.OrderBy(tensor => tensor.Offset))
        {
            if (tensor.Offset != position)
            {
                var problem = tensor.Offset < position ? "it overlaps another tensor" : $"bytes {position} to {tensor.Offset} belong to no tensor";
                throw ModelFileErrors.Invalid(path, $"tensor '{tensor.Name}' (offset {tensor.Offset})", problem);
            }

            position += tensor.ByteCount;
        }

        if (position != fileLength)
        {
            throw ModelFileErrors.Invalid(path, $"offset {position}", $"{fileLength - position} bytes follow the last tensor");
        }
    }
}
