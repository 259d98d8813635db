using System.Text;
using System.Text.RegularExpressions;

namespace TaskServices.TextToSql.Generation;

/// <summary>What is checked about a question before any model sees it.</summary>
internal static partial class QuestionText
{
    public const int MaxLength = 4_000;

    /// <exception cref="TextToSqlException">
    /// Reason <c>QUESTION_EMPTY</c>, <c>QUESTION_TOO_LONG</c> or <c>QUESTION_HAS_CONTROL_CHARACTERS</c>.
    /// </exception>
    public static void Check(string question)
    {
        if (question.Length > MaxLength)
        {
            throw new TextToSqlException(
                "QUESTION_TOO_LONG", $"The question has {question.Length:N0} characters; at most {MaxLength:N0} are read. Shorten it.");
        }

        if (string.IsNullOrWhiteSpace(question))
        {
            throw new TextToSqlException("QUESTION_EMPTY", "The question is empty. Ask something, for example \"How many customers are there?\".");
        }

        for (var i = 0; i < question.Length; i++)
        {
            if (char.IsControl(question[i]) && question[i] is not ('\t' or '\n' or '\r'))
            {
                throw new TextToSqlException(
                    "QUESTION_HAS_CONTROL_CHARACTERS",
                    $"The question has the control character U+{(int)question[i]:X4} at position {i + 1}. Remove it.");
            }
        }
    }

    /// <summary>Joins the question's lines with single spaces and trims it.</summary>
    public static string ToOneLine(string question)
    {
        var text = new StringBuilder(question.Length);
        foreach (var character in question)
        {
            var isSpace = character is '\t' or '\n' or '\r' or ' ' or '\u2028' or '\u2029' or '\u0085';
            if (!isSpace)
            {
                text.Append(character);
            }
            else if (text.Length > 0 && text[^1] != ' ')
            {
                text.Append(' ');
            }
        }

        return text.ToString().TrimEnd();
    }

    /// <summary>Finds the verb of a request to change data ("delete all customers", "please drop table x"), or null.</summary>
    /// <remarks>
    /// Such a request would be harmless: only a SELECT can ever be executed. But answering it with some SELECT would pretend that it was
    /// understood, so it is refused by name. Only an imperative at the start of a sentence counts: "How many users did we delete?" is a question.
    /// </remarks>
    public static string? FindWriteRequest(string question)
    {
        var match = WriteRequest().Match(question);
        return match.Success ? match.Groups["verb"].Value.ToLowerInvariant() : null;
    }

    [GeneratedRegex(
        @"(^|[.;!?:]\s+|\bthen\s+)\s*((please|kindly|now|can you|could you|would you|i want you to|you must|go ahead and)[\s,]+)*(?<verb>delete|drop|truncate|insert|update|alter|remove|erase|wipe|destroy|purge|grant|revoke|create\s+(table|index|view|user|database|trigger))\b",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex WriteRequest();
}
