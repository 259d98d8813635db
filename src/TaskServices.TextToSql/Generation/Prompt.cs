using System.Text;

namespace TaskServices.TextToSql.Generation;

/// <summary>The text that the model reads, in the format its adapter was trained on: schema first, so that its KV can be cached.</summary>
public static class Prompt
{
    /// <summary>Writes what follows the schema text: the question and the value hints.</summary>
    /// <param name="question">One line; line breaks and tabs become spaces, so that a question cannot add lines of its own.</param>
    public static string WriteSuffix(string question, IEnumerable<string> hints) =>
        new StringBuilder("\nQ: ")
            .Append(QuestionText.ToOneLine(question))
            .Append("\nV: ")
            .AppendJoin(", ", hints)
            .Append("\nSQL:")
            .ToString();
}
