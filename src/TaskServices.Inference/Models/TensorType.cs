using System.Diagnostics.CodeAnalysis;

namespace TaskServices.Inference.Models;

/// <summary>How the elements of a stored tensor are encoded.</summary>
[SuppressMessage("Naming", "CA1707", Justification = "The formats' own names.")]
public enum TensorType
{
    F32,
    F16,
    BF16,

    /// <summary>32 signed bytes and one scale.</summary>
    Q8_0,

    /// <summary>32 four-bit values around 8 and one scale.</summary>
    Q4_0,

    /// <summary>32 four-bit values, scale and minimum.</summary>
    Q4_1,

    /// <summary>32 five-bit values around 16 and one scale.</summary>
    Q5_0,

    /// <summary>32 five-bit values, scale and minimum.</summary>
    Q5_1,

    /// <summary>256 four-bit values in eight sub-blocks with six-bit scales and minima.</summary>
    Q4_K,

    /// <summary>256 five-bit values in eight sub-blocks with six-bit scales and minima.</summary>
    Q5_K,

    /// <summary>256 six-bit values in sixteen sub-blocks with eight-bit scales.</summary>
    Q6_K,

    /// <summary>Integers, booleans and other types that no weight has; such tensors can be listed but not read.</summary>
    Other,
}
