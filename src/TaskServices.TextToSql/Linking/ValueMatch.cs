namespace TaskServices.TextToSql.Linking;

/// <summary>Words of a question that stand for stored values.</summary>
/// <param name="Start">Position of the first character in the question.</param>
/// <param name="Length">Number of characters.</param>
/// <param name="Values">The columns that store the text, as the prompt names them.</param>
public sealed record ValueMatch(int Start, int Length, IReadOnlyList<StoredValue> Values);
