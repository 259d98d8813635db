using Microsoft.ML.OnnxRuntime;

namespace TaskServices.InvoiceOcr.Reading.PpOcr;

/// <summary>What each class of the recogniser stands for: 0 the blank of connectionist temporal classification, the last one the space.</summary>
internal sealed class CharacterSet
{
    public const int Blank = 0;

    private readonly string[] _texts;

    public CharacterSet(IEnumerable<string> characters) => _texts = ["", .. characters, " "];

    public int Count => _texts.Length;

    public string this[int index] => _texts[index];

    /// <exception cref="InvoiceOcrException"><c>READER_MODEL_INVALID</c>: the model carries no character list.</exception>
    public static CharacterSet FromModel(InferenceSession session, string path)
    {
        if (!session.ModelMetadata.CustomMetadataMap.TryGetValue("character", out var list) || list.Length == 0)
        {
            throw new InvoiceOcrException("READER_MODEL_INVALID", $"{path}: the metadata key 'character' is missing: take the model's own file.");
        }

        return new CharacterSet(list.TrimEnd('\n').Split('\n').Select(line => line.TrimEnd('\r')));
    }
}
