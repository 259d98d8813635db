namespace TaskServices.Inference.Models.Weights;

/// <summary>A weight matrix [rows, columns] that is read a few rows at a time; transforms wrap one another.</summary>
internal interface IRowSource
{
    long Rows { get; }

    int Columns { get; }

    /// <summary>Gets whether every block of 32 lies on sixteen levels around zero, as Q4_0 stores it.</summary>
    bool IsSymmetric => false;

    /// <param name="destination">A whole number of rows.</param>
    void Read(long firstRow, Span<float> destination);
}
