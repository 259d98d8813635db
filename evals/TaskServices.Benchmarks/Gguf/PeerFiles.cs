using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using TaskServices.Inference.Adapters;
using TaskServices.Inference.Models;

namespace TaskServices.Benchmarks.Gguf;

/// <summary>Rewrites models and adapters so that all contenders run the same weights at the same number of bits.</summary>
internal static class PeerFiles
{
    private const int BlockSize = 32;

    private const int BlockBytes = 2 + BlockSize;

    private static readonly Dictionary<string, string> Modules = new(StringComparer.Ordinal)
    {
        ["self_attn.q_proj"] = "attn_q",
        ["self_attn.k_proj"] = "attn_k",
        ["self_attn.v_proj"] = "attn_v",
        ["self_attn.o_proj"] = "attn_output",
        ["mlp.gate_proj"] = "ffn_gate",
        ["mlp.up_proj"] = "ffn_up",
        ["mlp.down_proj"] = "ffn_down",
    };

    /// <summary>Rewrites a GGUF file with every quantised matrix as Q8_0, nearly without loss.</summary>
    public static void WriteAs8Bit(string source, string path)
    {
        using var file = GgufFile.Open(source);
        var (count, entries) = GgufMetadataBytes.Read(source);
        var writer = new GgufWriter();
        writer.AddRaw(count, entries);
        foreach (var tensor in file.Tensors.Values.OrderBy(tensor => tensor.Offset))
        {
            var elements = tensor.Rows * tensor.Columns;
            if (tensor.Shape.Count < 2 || tensor.Columns % BlockSize != 0)
            {
                writer.Add(tensor.Name, tensor.Shape, GgufWriter.TensorType.Float32, elements * sizeof(float), stream =>
                    ForEachRow(file, tensor, row => stream.Write(MemoryMarshal.AsBytes(row))));
            }
            else
            {
                writer.Add(tensor.Name, tensor.Shape, GgufWriter.TensorType.Q8_0, elements / BlockSize * BlockBytes, stream =>
                    ForEachRow(file, tensor, row => WriteBlocks(stream, row)));
            }
        }

        writer.Save(path);
    }

    /// <summary>Writes a PEFT adapter of a llama model in llama.cpp's form.</summary>
    /// <exception cref="BenchmarkException"><c>PEER_ADAPTER_UNSUPPORTED</c>: it changes something that is not known here.</exception>
    public static void WriteAdapter(string model, LoraAdapter adapter, string path)
    {
        using var file = GgufFile.Open(model);
        var writer = new GgufWriter();
        writer.Add("general.architecture", file.Architecture);
        writer.Add("general.type", "adapter");
        writer.Add("adapter.type", "lora");
        writer.Add("adapter.lora.alpha", 0f); // The scale is in B already.
        foreach (var target in adapter.Targets.Values)
        {
            var name = NameOf(target.Module);
            var (a, b) = adapter.Read(target);
            TensorPrimitives.Multiply(b, target.Scale, b);
            if (file.Architecture == "llama" && HeadsOf(file, name) is { } heads)
            {
                b = Interleave(b, target.Rank, heads);
            }

            Add(name + ".weight.lora_a", [target.Rank, target.InputSize], a);
            Add(name + ".weight.lora_b", [target.OutputSize, target.Rank], b);
        }

        writer.Save(path);

        void Add(string name, long[] shape, float[] values) =>
            writer.Add(name, shape, GgufWriter.TensorType.Float32, values.LongLength * sizeof(float), stream => stream.Write(MemoryMarshal.AsBytes<float>(values)));
    }

    private static string NameOf(string module)
    {
        var parts = module.Split('.', 4); // model.layers.0.self_attn.q_proj
        return parts is ["model", "layers", var layer, var matrix] && Modules.TryGetValue(matrix, out var name)
            ? $"blk.{layer}.{name}"
            : throw new BenchmarkException("PEER_ADAPTER_UNSUPPORTED", $"The adapter changes {module}, which is not known in the peer's form; give --adapter none.");
    }

    /// <summary>Gives the number of heads of a matrix whose rotary pairs GGUF stores interleaved.</summary>
    private static int? HeadsOf(GgufFile file, string name) => name.Split('.')[^1] switch
    {
        "attn_q" => (int)(ulong)file.Metadata["llama.attention.head_count"],
        "attn_k" => (int)(ulong)file.Metadata["llama.attention.head_count_kv"],
        _ => null,
    };

    /// <summary>Puts row i and row i + half of each head side by side.</summary>
    private static float[] Interleave(float[] matrix, int columns, int heads)
    {
        var rows = matrix.Length / columns;
        var half = rows / heads / 2;
        var result = new float[matrix.Length];
        for (var row = 0; row < rows; row++)
        {
            var (head, place) = (row / (2 * half), row % (2 * half));
            var from = (head * 2 * half) + (place / 2) + (place % 2 * half);
            matrix.AsSpan(from * columns, columns).CopyTo(result.AsSpan(row * columns));
        }

        return result;
    }

    private delegate void RowAction(ReadOnlySpan<float> row);

    private static void ForEachRow(GgufFile file, TensorInfo tensor, RowAction action)
    {
        var row = new float[tensor.Columns];
        for (var i = 0L; i < tensor.Rows; i++)
        {
            file.ReadRows(tensor.Name, i, row);
            action(row);
        }
    }

    private static void WriteBlocks(Stream stream, ReadOnlySpan<float> row)
    {
        Span<byte> block = stackalloc byte[BlockBytes];
        for (; !row.IsEmpty; row = row[BlockSize..])
        {
            var scale = MathF.Abs(TensorPrimitives.MaxMagnitude(row[..BlockSize])) / 127;
            BitConverter.TryWriteBytes(block, (Half)scale);
            for (var i = 0; i < BlockSize; i++)
            {
                block[2 + i] = (byte)(sbyte)MathF.Round(scale > 0 ? row[i] / scale : 0);
            }

            stream.Write(block);
        }
    }
}
