namespace TaskServices.Inference.Models;

/// <summary>Gives tensors by name as fp32 rows, a few at a time, so that no model is ever held in memory whole.</summary>
/// <remarks>Reading is safe from several threads.</remarks>
public interface ITensorSource : IDisposable
{
    IReadOnlyDictionary<string, TensorInfo> Tensors { get; }

    /// <summary>Reads whole rows as fp32.</summary>
    /// <param name="destination">Its length is a multiple of the tensor's <see cref="TensorInfo.Columns"/>.</param>
    /// <exception cref="InferenceException">The tensor is not there, cannot be decoded, or its file has become shorter.</exception>
    void ReadRows(string name, long firstRow, Span<float> destination);
}
