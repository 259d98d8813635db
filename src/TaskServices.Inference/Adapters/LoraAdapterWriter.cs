using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace TaskServices.Inference.Adapters;

/// <summary>What an adapter's configuration says.</summary>
/// <param name="BaseModel">Name of the model that it was trained on.</param>
/// <param name="Rank">Rank of every update.</param>
/// <param name="Alpha">Updates are scaled by alpha / rank.</param>
/// <param name="TargetModules">The kinds of matrices that it changes, for example <c>q_proj</c>.</param>
public sealed record LoraDescription(string BaseModel, int Rank, double Alpha, IReadOnlyList<string> TargetModules);

/// <summary>One matrix of an adapter.</summary>
/// <param name="Name">PEFT's name, for example <c>base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight</c>.</param>
/// <param name="Shape">A [rank, inputs] or B [outputs, rank].</param>
/// <param name="Values">Row by row.</param>
public sealed record LoraTensor(string Name, IReadOnlyList<long> Shape, float[] Values);

/// <summary>Writes LoRA adapters as PEFT does: <c>adapter_config.json</c> and <c>adapter_model.safetensors</c>.</summary>
public static class LoraAdapterWriter
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Writes an adapter into a folder; each file appears whole or not at all.</summary>
    /// <param name="asBFloat16">Whether values are rounded to bfloat16 (to nearest, ties to even); else they are kept as fp32.</param>
    public static void Write(string directory, LoraDescription description, IReadOnlyList<LoraTensor> tensors, bool asBFloat16)
    {
        ArgumentNullException.ThrowIfNull(description);
        ArgumentNullException.ThrowIfNull(tensors);
        Directory.CreateDirectory(directory);
        Replace(Path.Combine(directory, LoraAdapter.WeightsFileName), file => WriteTensors(file, tensors, asBFloat16));
        Replace(Path.Combine(directory, LoraAdapter.ConfigFileName), file => file.Write(Config(description)));
    }

    private static byte[] Config(LoraDescription description) => JsonSerializer.SerializeToUtf8Bytes(
        new
        {
            peft_type = "LORA",
            task_type = "CAUSAL_LM",
            base_model_name_or_path = description.BaseModel,
            r = description.Rank,
            lora_alpha = description.Alpha,
            lora_dropout = 0.0,
            bias = "none",
            fan_in_fan_out = false,
            target_modules = description.TargetModules,
        },
        Indented);

    /// <summary>huggingface/safetensors, README "Format": the header's length, the header padded to 8 bytes, the data.</summary>
    private static void WriteTensors(FileStream file, IReadOnlyList<LoraTensor> tensors, bool asBFloat16)
    {
        var header = new Dictionary<string, object>(StringComparer.Ordinal);
        var offset = 0L;
        foreach (var tensor in tensors)
        {
            var end = offset + (tensor.Values.LongLength * (asBFloat16 ? sizeof(ushort) : sizeof(float)));
            header.Add(tensor.Name, new { dtype = asBFloat16 ? "BF16" : "F32", shape = tensor.Shape, data_offsets = new[] { offset, end } });
            offset = end;
        }

        var json = JsonSerializer.SerializeToUtf8Bytes(header);
        Span<byte> length = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)(json.Length + 7) / 8 * 8);
        file.Write(length);
        file.Write(json);
        file.Write("       "u8[..(-json.Length & 7)]);
        foreach (var tensor in tensors)
        {
            if (asBFloat16)
            {
                file.Write(MemoryMarshal.AsBytes<ushort>(Array.ConvertAll(tensor.Values, ToBFloat16)));
            }
            else
            {
                file.Write(MemoryMarshal.AsBytes<float>(tensor.Values));
            }
        }
    }

    private static ushort ToBFloat16(float value)
    {
        var bits = BitConverter.SingleToUInt32Bits(value);
        return float.IsNaN(value) ? (ushort)((bits >> 16) | 0x40) : (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }

    private static void Replace(string path, Action<FileStream> write)
    {
        var temporary = path + ".tmp";
        using (var file = new FileStream(temporary, FileMode.Create))
        {
            write(file);
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
    }
}
