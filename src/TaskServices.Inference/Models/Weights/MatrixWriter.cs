using System.Runtime.InteropServices;
using TaskServices.Inference.Models.Onnx;
using DataType = TaskServices.Inference.Onnx.TensorProto.Types.DataType;

namespace TaskServices.Inference.Models.Weights;

/// <summary>Streams matrices into the weights file at a chosen precision and adds the nodes that multiply by them.</summary>
internal sealed class MatrixWriter(OnnxGraph graph, ExternalWeights weights)
{
    private readonly BlockSums _sums = new(graph);

    /// <summary>A matrix in the file: fp32 or fp16 rows, or quantised rows with scales and zero points, at four bits also with the blocks' rests.</summary>
    internal sealed record Matrix(string Name, int Rows, int Columns, int Bits, bool HasRests, long Offset, long ScalesOffset, long ZerosOffset, Value[] Tensors);

    /// <summary>Writes a matrix at 32, 16, 8 or 4 bits; rows that are not whole blocks stay at 32.</summary>
    public Matrix Write(string name, IRowSource rows, int bits) => bits switch
    {
        16 => WriteHalves(name, rows),
        32 => WriteFloats(name, rows),
        _ => rows.Columns % BlockQuantizer.BlockSize != 0 ? WriteFloats(name, rows) : WriteQuantized(name, rows, bits),
    };

    /// <summary>Multiplies by the transpose of a matrix and adds a bias.</summary>
    public Value Multiply(Value x, Matrix matrix, float[]? bias)
    {
        var biasValue = bias is null ? Value.None : graph.Floats(matrix.Name + ".bias", bias, bias.Length);
        if (matrix.Bits is 16 or 32)
        {
            var product = graph.AddMicrosoft("FusedMatMul", [x, ToActivations(matrix.Tensors[0], matrix)], ("transB", 1));
            return bias is null ? product : graph.Add("Add", [product, biasValue]);
        }

        if (matrix.HasRests)
        {
            x = graph.Add("Concat", [x, _sums.Add(x, matrix.Columns)], ("axis", -1));
        }

        // Block 32 with accuracy level 4 is both the fast kernel and the one whose rows do not depend on the batch.
        return graph.AddMicrosoft(
            "MatMulNBits",
            bias is null ? [x, .. matrix.Tensors] : [x, .. matrix.Tensors, Value.None, biasValue],
            ("K", StoredColumns(matrix.Columns, matrix.HasRests)),
            ("N", matrix.Rows),
            ("bits", matrix.Bits),
            ("block_size", BlockQuantizer.BlockSize),
            ("accuracy_level", 4));
    }

    /// <summary>Looks rows up by index; a quantised table shares its bytes with the matrix product of tied embeddings.</summary>
    public Value Gather(Value indices, Matrix matrix)
    {
        if (matrix.Bits is 16 or 32)
        {
            return ToActivations(graph.Add("Gather", [matrix.Tensors[0], indices]), matrix);
        }

        // The operator wants other shapes of the same bytes, so they are declared a second time.
        long blocks = matrix.Columns / BlockQuantizer.BlockSize;
        var data = graph.Initializer(ExternalWeights.Describe(
            matrix.Name + ".table", DataType.Uint8, [matrix.Rows, matrix.Columns], matrix.Offset, (long)matrix.Rows * matrix.Columns));
        var zeros = graph.Initializer(ExternalWeights.Describe(
            matrix.Name + ".table_zeros", DataType.Uint8, [matrix.Rows, blocks], matrix.ZerosOffset, matrix.Rows * blocks));
        return graph.AddMicrosoft(
            "GatherBlockQuantized",
            [data, indices, matrix.Tensors[1], zeros],
            ("bits", matrix.Bits),
            ("block_size", BlockQuantizer.BlockSize),
            ("gather_axis", 0),
            ("quantize_axis", 1));
    }

    /// <summary>fp16 weights meet fp32 activations on the CPU; the runtime casts what is constant while it loads the model.</summary>
    private Value ToActivations(Value x, Matrix matrix) => matrix.Bits == 16 ? graph.Add("Cast", [x], ("to", (int)DataType.Float)) : x;

    private Matrix WriteHalves(string name, IRowSource rows)
    {
        var offset = weights.BeginTensor();
        rows.ForEachChunk(chunk => weights.WriteAsHalf(name, chunk));
        var tensor = graph.Initializer(ExternalWeights.Describe(name, DataType.Float16, [rows.Rows, rows.Columns], offset, weights.Length - offset));
        return new Matrix(name, checked((int)rows.Rows), rows.Columns, 16, false, offset, 0, 0, [tensor]);
    }

    private Matrix WriteFloats(string name, IRowSource rows)
    {
        var offset = weights.BeginTensor();
        rows.ForEachChunk(chunk => weights.Write(MemoryMarshal.AsBytes(chunk)));
        var tensor = graph.Initializer(ExternalWeights.Describe(name, DataType.Float, [rows.Rows, rows.Columns], offset, weights.Length - offset));
        return new Matrix(name, checked((int)rows.Rows), rows.Columns, 32, false, offset, 0, 0, [tensor]);
    }

    private Matrix WriteQuantized(string name, IRowSource rows, int bits)
    {
        var count = checked((int)rows.Rows);
        var hasRests = bits == 4 && !rows.IsSymmetric;
        var columns = StoredColumns(rows.Columns, hasRests);
        var blocks = columns / BlockQuantizer.BlockSize;
        var zeroBytes = (int)ZeroBytes(blocks, bits);
        var scales = new float[count * blocks];
        var zeros = new byte[count * zeroBytes];
        var values = new byte[columns * bits / 8];
        var done = 0;
        var offset = weights.BeginTensor();
        rows.ForEachChunk(chunk =>
        {
            for (; !chunk.IsEmpty; chunk = chunk[rows.Columns..], done++)
            {
                var row = chunk[..rows.Columns];
                var rowScales = scales.AsSpan(done * blocks, blocks);
                var rowZeros = zeros.AsSpan(done * zeroBytes, zeroBytes);
                if (bits == 4)
                {
                    FourBitQuantizer.Quantize(row, values, rowScales, rowZeros);
                }
                else
                {
                    BlockQuantizer.Quantize8(row, values, rowScales, rowZeros);
                }

                weights.Write(values);
            }
        });

        var scalesOffset = weights.BeginTensor();
        weights.Write(MemoryMarshal.AsBytes<float>(scales));
        var zerosOffset = weights.BeginTensor();
        weights.Write(zeros);
        Value[] tensors =
        [
            graph.Initializer(ExternalWeights.Describe(
                name, DataType.Uint8, [count, blocks, BlockQuantizer.BlockSize * bits / 8], offset, (long)count * values.Length)),
            graph.Initializer(ExternalWeights.Describe(name + ".scales", DataType.Float, [count, blocks], scalesOffset, scales.Length * 4L)),
            graph.Initializer(ExternalWeights.Describe(name + ".zeros", DataType.Uint8, [count, zeroBytes], zerosOffset, zeros.Length)),
        ];
        return new Matrix(name, count, rows.Columns, bits, hasRests, offset, scalesOffset, zerosOffset, tensors);
    }

    private static int StoredColumns(int columns, bool hasRests) => hasRests ? columns + FourBitQuantizer.RestColumns(columns) : columns;

    private static long ZeroBytes(long blocks, int bits) => ((blocks * bits) + 7) / 8;
}
