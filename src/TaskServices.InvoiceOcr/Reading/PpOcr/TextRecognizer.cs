using Microsoft.ML.OnnxRuntime;

namespace TaskServices.InvoiceOcr.Reading.PpOcr;

/// <summary>Reads lines that are cut out, in batches of about the same width.</summary>
internal sealed class TextRecognizer(InferenceSession session, CharacterSet characters, int batchSize)
{
    // The width that the network was trained with.
    private const int MinimumWidthPx = 320;

    private const int PxPerStep = 8;

    private readonly CtcDecoder _decoder = new(characters);

    /// <summary>Reads lines; the answers stand in the order of <paramref name="lines"/>, with the width in pixels that their steps span.</summary>
    public (DecodedLine Line, int PxPerStep)[] Read(IReadOnlyList<LineImage> lines, CancellationToken cancellationToken)
    {
        var answers = new (DecodedLine, int)[lines.Count];
        var byWidth = Enumerable.Range(0, lines.Count).OrderBy(index => lines[index].Pixels.Width).ToArray();
        foreach (var batch in byWidth.Chunk(batchSize))
        {
            cancellationToken.ThrowIfCancellationRequested();
            ReadBatch(lines, batch, answers);
        }

        return answers;
    }

    private void ReadBatch(IReadOnlyList<LineImage> lines, int[] batch, (DecodedLine Line, int PxPerStep)[] answers)
    {
        var width = (Math.Max(MinimumWidthPx, batch.Max(index => lines[index].Pixels.Width)) + PxPerStep - 1) / PxPerStep * PxPerStep;
        var size = 3 * LineImage.HeightPx * width;
        var input = new float[batch.Length * size];
        for (var row = 0; row < batch.Length; row++)
        {
            PixelTensor.Write(lines[batch[row]].Pixels, input.AsSpan(row * size, size), width);
        }

        using var value = OrtValue.CreateTensorValueFromMemory(input, [batch.Length, 3, LineImage.HeightPx, width]);
        using var options = new RunOptions();
        using var results = session.Run(options, [session.InputNames[0]], [value], [session.OutputNames[0]]);
        var shape = results[0].GetTensorTypeAndShape().Shape;
        if (shape.Length != 3 || shape[0] != batch.Length || shape[2] != characters.Count)
        {
            throw new InvoiceOcrException(
                "READER_MODEL_INVALID", $"The recogniser answers [{string.Join(", ", shape)}], but its character list has {characters.Count} entries: take the model's own files.");
        }

        var steps = (int)shape[1];
        var probabilities = results[0].GetTensorDataAsSpan<float>();
        for (var row = 0; row < batch.Length; row++)
        {
            var own = probabilities.Slice(row * steps * characters.Count, steps * characters.Count);
            answers[batch[row]] = (_decoder.Decode(own, steps), width / steps);
        }
    }
}
