using System.Text.Json;

namespace TaskServices.TextToSql.Generation.Selection;

/// <summary>How candidates are judged: fitted numbers, kept in <c>selection-model.json</c>, which names the command that fitted them.</summary>
/// <param name="First">Probability that the model's first choice is right, judged alone.</param>
/// <param name="Among">Probability that a candidate is right, judged among its rivals.</param>
/// <param name="Answerable">Probability that the schema holds the answer at all, from the first choice judged alone; null where it was not fitted.</param>
/// <param name="SureAt">A first choice at least this probable is not compared with others.</param>
/// <param name="AnswerableAt">Probability of an answer below which the question is unanswerable: fewer than a tenth of the answerable questions that it was fitted on lie below.</param>
/// <param name="NinetyPercentAt">Confidence from which nine of ten answers were right; 1 where there was none.</param>
public sealed record SelectionModel(
    string Command, LogisticModel First, LogisticModel Among, double SureAt, LogisticModel? Answerable = null, double AnswerableAt = 0, double NinetyPercentAt = 1)
{
    private const string Resource = "TaskServices.TextToSql.Generation.Selection.selection-model.json";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true };

    /// <summary>Gets the numbers that were fitted for the bundled adapter.</summary>
    public static SelectionModel Default { get; } = Load();

    /// <summary>Writes the numbers as <c>selection-model.json</c> has them.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Json);

    private static SelectionModel Load()
    {
        using var stream = typeof(SelectionModel).Assembly.GetManifestResourceStream(Resource)!;
        return JsonSerializer.Deserialize<SelectionModel>(stream, Json)!;
    }
}
