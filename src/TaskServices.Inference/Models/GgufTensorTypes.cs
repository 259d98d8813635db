namespace TaskServices.Inference.Models;

/// <summary>GGUF's tensor type numbers with their block sizes (GGUF specification, ggml_type).</summary>
internal static class GgufTensorTypes
{
    private static readonly Dictionary<uint, (TensorType Type, int Elements, int Bytes)> Known = new()
    {
        [0] = (TensorType.F32, 1, 4),
        [1] = (TensorType.F16, 1, 2),
        [2] = (TensorType.Q4_0, 32, 18),
        [3] = (TensorType.Q4_1, 32, 20),
        [6] = (TensorType.Q5_0, 32, 22),
        [7] = (TensorType.Q5_1, 32, 24),
        [8] = (TensorType.Q8_0, 32, 34),
        [12] = (TensorType.Q4_K, 256, 144),
        [13] = (TensorType.Q5_K, 256, 176),
        [14] = (TensorType.Q6_K, 256, 210),
        [24] = (TensorType.Other, 1, 1),
        [25] = (TensorType.Other, 1, 2),
        [26] = (TensorType.Other, 1, 4),
        [27] = (TensorType.Other, 1, 8),
        [28] = (TensorType.Other, 1, 8),
        [30] = (TensorType.BF16, 1, 2),
    };

    /// <summary>Gets the encoding, the elements of one block and its bytes; false for a type that is not supported.</summary>
    public static bool TryGet(uint number, out TensorType type, out int blockElements, out int blockBytes)
    {
        var found = Known.TryGetValue(number, out var entry);
        (type, blockElements, blockBytes) = entry;
        return found;
    }

    /// <summary>Gets the elements and bytes of one block of an encoding.</summary>
    public static (int Elements, int Bytes) BlockOf(TensorType type) =>
        Known.Values.Where(entry => entry.Type == type).Select(entry => (entry.Elements, entry.Bytes)).First();
}
